package io.kodedeploy.core.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProxyRulesTest {
  private static final Optional<URI> PROXY = Optional.of(URI.create("http://u:secret@proxy:3128"));

  @Test
  void coversHostsAndTheirDomains() {
    var rules =
        ProxyRules.of(
            PROXY,
            Map.of("no_proxy", "Internal, .corp.test 10.0.0.1:443,*.dev.test", "NO_PROXY", "*"));

    assertThat(rules.exceptions()).containsExactly("internal", "corp.test", "10.0.0.1", "dev.test");
    assertThat(rules.forHost("INTERNAL")).isEmpty();
    assertThat(rules.forHost("a.b.corp.test")).isEmpty();
    assertThat(rules.forHost("corp.test")).isEmpty();
    assertThat(rules.forHost("10.0.0.1")).isEmpty();
    assertThat(rules.forHost("x.dev.test")).isEmpty();
    assertThat(rules.forHost("notcorp.test")).isEqualTo(PROXY);
    assertThat(rules.forHost("10.0.0.11")).isEqualTo(PROXY);
  }

  @Test
  void readsTheUpperCaseName() {
    assertThat(ProxyRules.of(PROXY, Map.of("NO_PROXY", "*")).forHost("any.test")).isEmpty();
    assertThat(ProxyRules.of(PROXY, Map.of()).forHost("any.test")).isEqualTo(PROXY);
    assertThat(ProxyRules.NONE.forHost("any.test")).isEmpty();
  }

  @Test
  void hidesThePassword() {
    assertThat(ProxyRules.of(PROXY, Map.of()).toString())
        .contains("proxy")
        .doesNotContain("secret");
  }
}
