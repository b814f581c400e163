package io.kodedeploy.simulator.elb;

import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.simulator.http.HttpFields;
import io.kodedeploy.simulator.http.RequestHead;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuleConditionTest {

  @ParameterizedTest
  @CsvSource({
    "/app/*, /app/one?x=1, true",
    "/app/*, /app, false",
    "/app/*, /App/one, false",
    "*.png, /a/b.png, true",
    "/v?/x, /v1/x, true",
    "/v?/x, /v10/x, false",
    "*a*b*, /xxaxxbxx, true",
    "*a*b*, /xxbxxaxx, false",
  })
  void aPathPatternIsComparedWithThePathAlone(String pattern, String target, boolean holds) {
    var condition = new RuleCondition.PathPattern(List.of(pattern));

    assertThat(condition.holds(request(target, new HttpFields()))).isEqualTo(holds);
  }

  @Test
  void aHostIsComparedWithoutCaseAndWithoutPort() {
    var condition = new RuleCondition.HostHeader(List.of("*.Example.com"));

    assertThat(condition.holds(request("/", new HttpFields().add("Host", "a.EXAMPLE.com:8080"))))
        .isTrue();
    assertThat(condition.holds(request("/", new HttpFields().add("Host", "example.com"))))
        .isFalse();
  }

  @Test
  void aHeaderMayHaveAnyOfTheValues() {
    var condition = new RuleCondition.HttpHeader("X-Probe", List.of("green", "blue-*"));

    assertThat(condition.holds(request("/", new HttpFields().add("x-probe", "Blue-1")))).isTrue();
    assertThat(condition.holds(request("/", new HttpFields()))).isFalse();
  }

  @Test
  void aQueryParameterIsFoundDecoded() {
    var condition =
        new RuleCondition.QueryString(
            List.of(new RuleCondition.QueryString.Pair(Optional.of("version"), "v 2")));

    assertThat(condition.holds(request("/?a=b&version=v%202", new HttpFields()))).isTrue();
    assertThat(condition.holds(request("/?version=v1", new HttpFields()))).isFalse();
  }

  private static RequestHead request(String target, HttpFields fields) {
    return new RequestHead("GET", target, 1, fields);
  }
}
