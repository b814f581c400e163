package io.kodedeploy.simulator.iam;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TrustPolicyTest {
  private static final String CALLER = "arn:aws:iam::123456789012:user/kode";

  @Test
  void allowsTheNamedPrincipal() {
    var policy = policy("Allow", "\"Principal\":{\"AWS\":\"" + CALLER + "\"}");

    assertThat(policy.allows(question("any-name"))).isTrue();
  }

  @Test
  void refusesAPrincipalThatIsNotNamed() {
    var policy = policy("Allow", "\"Principal\":{\"Service\":\"ec2.amazonaws.com\"}");

    assertThat(policy.allows(question("any-name"))).isFalse();
  }

  @Test
  void pinsTheSessionName() {
    var policy = pinned("StringEquals", "demo-blue-shop");

    assertThat(policy.allows(question("demo-blue-shop"))).isTrue();
    assertThat(policy.allows(question("demo-blue-shop-2"))).isFalse();
  }

  @Test
  void understandsWildcardsOnlyInStringLike() {
    assertThat(pinned("StringLike", "demo-*").allows(question("demo-blue-shop"))).isTrue();
    assertThat(pinned("StringEquals", "demo-*").allows(question("demo-blue-shop"))).isFalse();
    assertThat(pinned("StringLike", "demo-*").allows(question("prod-blue-shop"))).isFalse();
  }

  @Test
  void resolvesThePolicyVariableOfTheUserName() {
    assertThat(pinned("StringEquals", "${aws:username}").allows(question("kode"))).isTrue();
    assertThat(pinned("StringEquals", "${aws:username}").allows(question("other"))).isFalse();
  }

  @Test
  void letsADenyWin() {
    var policy =
        TrustPolicy.parse(
            """
            {"Statement":[
             {"Effect":"Allow","Principal":"*","Action":"sts:*"},
             {"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole"}]}\
            """);

    assertThat(policy.allows(question("any-name"))).isFalse();
  }

  @Test
  void neverHoldsForAnOperatorThatIsNotKnown() {
    assertThat(pinned("StringFoo", "demo-blue-shop").allows(question("demo-blue-shop"))).isFalse();
  }

  private static TrustPolicy pinned(String operator, String value) {
    return policy(
        "Allow",
        "\"Principal\":{\"AWS\":\"*\"},\"Condition\":{\""
            + operator
            + "\":{\"sts:RoleSessionName\":\""
            + value
            + "\"}}");
  }

  private static TrustPolicy policy(String effect, String rest) {
    return TrustPolicy.parse(
        "{\"Statement\":{\"Effect\":\""
            + effect
            + "\",\"Action\":\"sts:AssumeRole\","
            + rest
            + "}}");
  }

  private static TrustPolicy.Question question(String sessionName) {
    return new TrustPolicy.Question(
        "sts:AssumeRole",
        Map.of("AWS", Set.of(CALLER)),
        Map.of("sts:rolesessionname", sessionName, "aws:username", "kode"));
  }
}
