package io.kodedeploy.cli.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Action;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ActionTypeEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroupTuple;

class ForwardingTest {
  private static final Action LOGIN =
      Action.builder()
          .type(ActionTypeEnum.AUTHENTICATE_OIDC)
          .order(1)
          .authenticateOidcConfig(oidc -> oidc.clientId("id").issuer("https://issuer"))
          .build();

  private static final Action FORWARD =
      Action.builder()
          .type(ActionTypeEnum.FORWARD)
          .order(2)
          .forwardConfig(
              config ->
                  config
                      .targetGroups(tuple("blue", 1), tuple("green", 0))
                      .targetGroupStickinessConfig(s -> s.enabled(true).durationSeconds(60)))
          .build();

  private static TargetGroupTuple tuple(String arn, int weight) {
    return TargetGroupTuple.builder().targetGroupArn(arn).weight(weight).build();
  }

  @Test
  void readsTheWeights() {
    assertThat(Forwarding.weights(List.of(LOGIN, FORWARD))).contains(Map.of("blue", 1, "green", 0));
  }

  @Test
  void aGroupAloneHasAllOfTheTraffic() {
    var simple = Action.builder().type(ActionTypeEnum.FORWARD).targetGroupArn("blue").build();

    assertThat(Forwarding.weights(List.of(simple))).contains(Map.of("blue", 1));
  }

  @Test
  void aRedirectForwardsNothing() {
    var redirect = Action.builder().type(ActionTypeEnum.REDIRECT).build();

    assertThat(Forwarding.weights(List.of(redirect))).isEmpty();
  }

  @Test
  void onlyTheWeightsChange() {
    var changed = Forwarding.with(List.of(LOGIN, FORWARD), Map.of("blue", 0, "green", 100));

    assertThat(Forwarding.weights(changed)).contains(Map.of("blue", 0, "green", 100));
    assertThat(changed.get(1).order()).isEqualTo(2);
    assertThat(changed.get(1).forwardConfig().targetGroupStickinessConfig())
        .isEqualTo(FORWARD.forwardConfig().targetGroupStickinessConfig());
    assertThat(changed.get(0).authenticateOidcConfig().clientId()).isEqualTo("id");
  }

  @Test
  void theSecretOfALoginIsKept() {
    var changed = Forwarding.with(List.of(LOGIN, FORWARD), Map.of("blue", 0, "green", 100));

    assertThat(changed.get(0).authenticateOidcConfig().useExistingClientSecret()).isTrue();
  }
}
