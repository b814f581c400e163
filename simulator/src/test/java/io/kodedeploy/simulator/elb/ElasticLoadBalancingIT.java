package io.kodedeploy.simulator.elb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.simulator.Simulator;
import io.kodedeploy.simulator.SimulatorSettings;
import io.kodedeploy.simulator.time.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Action;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ActionTypeEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ElasticLoadBalancingV2Exception;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ForwardActionConfig;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.InvalidTargetException;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ProtocolEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ResourceInUseException;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.RuleCondition;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetDescription;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroup;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroupNotFoundException;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroupTuple;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetHealthDescription;

/** The conformance cases of Elastic Load Balancing, asked by the AWS SDK, on a clock of our own. */
class ElasticLoadBalancingIT {
  private Simulator simulator;
  private ElasticLoadBalancingV2Client elb;
  private String instance;
  private TargetGroup group;

  @BeforeEach
  void startWithOneNodeAndOneGroup() throws Exception {
    start(SimulatorSettings.onAnyPort().withManualClock(Instant.parse("2026-01-05T10:00:00Z")));
  }

  private void start(SimulatorSettings settings) throws Exception {
    simulator = Simulator.start(settings);
    elb = Clients.elb(simulator);
    var cluster = Clients.admin(simulator, "POST", "/clusters", "{\"name\":\"blue\",\"nodes\":1}");
    instance = cluster.path("nodes").path(0).path("instanceId").asString();
    group =
        elb.createTargetGroup(
                r -> r.name("web").protocol(ProtocolEnum.HTTP).port(80).vpcId("vpc-1"))
            .targetGroups()
            .getFirst();
  }

  @AfterEach
  void end() {
    elb.close();
    simulator.close();
  }

  @Test
  void cs153RegisteringTwiceIsOneRegistration() {
    register(target(null));
    register(target(null));

    assertThat(health()).hasSize(1);
  }

  @Test
  void cs154DeregisteringTheIdAloneLeavesTheRegistrationOnAnotherPort() {
    register(target(80), target(81));

    elb.deregisterTargets(r -> r.targetGroupArn(group.targetGroupArn()).targets(target(null)));

    assertThat(health()).extracting(each -> each.target().port()).containsExactly(81);
  }

  @Test
  void cs155ATargetThatIsNotRegisteredIsUnused() {
    var described = health(target(null)).getFirst();

    assertThat(described.targetHealth().stateAsString()).isEqualTo("unused");
    assertThat(described.targetHealth().reasonAsString()).isEqualTo("Target.NotRegistered");
  }

  @Test
  void cs156ADeregisteredTargetDrainsForTheDelayAndIsGoneAfterwards() {
    listen();
    register(target(null));
    elb.deregisterTargets(r -> r.targetGroupArn(group.targetGroupArn()).targets(target(null)));

    advance(Duration.ofSeconds(299));
    var before = health(target(null)).getFirst().targetHealth();
    advance(Duration.ofSeconds(1));
    var after = health(target(null)).getFirst().targetHealth();

    assertThat(before.stateAsString()).isEqualTo("draining");
    assertThat(before.reasonAsString()).isEqualTo("Target.DeregistrationInProgress");
    assertThat(after.reasonAsString()).isEqualTo("Target.NotRegistered");
    assertThat(health()).isEmpty();
  }

  @Test
  void registeringADrainingTargetAgainEndsItsDraining() {
    listen();
    register(target(null));
    elb.deregisterTargets(r -> r.targetGroupArn(group.targetGroupArn()).targets(target(null)));

    register(target(null));
    advance(Duration.ofSeconds(400));

    assertThat(health()).hasSize(1);
    assertThat(health().getFirst().targetHealth().stateAsString()).isNotEqualTo("draining");
  }

  @Test
  void cs157CallsBeyondTheBucketAreThrottled() throws Exception {
    end();
    start(
        SimulatorSettings.onAnyPort()
            .withManualClock(Instant.parse("2026-01-05T10:00:00Z"))
            .withThrottling());
    elb.close();
    elb = Clients.withoutRetries(simulator);

    int accepted = 0;
    int throttled = 0;
    for (int i = 0; i < 25; i++) {
      try {
        register(target(80 + i));
        accepted++;
      } catch (ElasticLoadBalancingV2Exception e) {
        assertThat(e.awsErrorDetails().errorCode()).isEqualTo("Throttling");
        assertThat(e.awsErrorDetails().errorMessage()).isEqualTo("Rate exceeded");
        assertThat(e.statusCode()).isEqualTo(400);
        throttled++;
      }
    }
    assertThat(accepted).isEqualTo(20);
    assertThat(throttled).isEqualTo(5);
    advance(Duration.ofSeconds(1));
    register(target(80));
  }

  @Test
  void cs158ModifyListenerReplacesTheWholeListOfActions() {
    var other =
        elb.createTargetGroup(
                r -> r.name("other").protocol(ProtocolEnum.HTTP).port(80).vpcId("vpc-1"))
            .targetGroups()
            .getFirst();
    var listener = listen();

    elb.modifyListener(
        r ->
            r.listenerArn(listener)
                .defaultActions(
                    forward(
                        weight(group.targetGroupArn(), 0), weight(other.targetGroupArn(), 100))));

    var actions =
        elb.describeListeners(r -> r.listenerArns(listener))
            .listeners()
            .getFirst()
            .defaultActions();
    assertThat(actions).hasSize(1);
    assertThat(actions.getFirst().forwardConfig().targetGroups())
        .containsExactly(weight(group.targetGroupArn(), 0), weight(other.targetGroupArn(), 100));
  }

  @Test
  void aTargetOfAGroupThatNoListenerNamesIsNotInUse() {
    register(target(null));

    assertThat(health().getFirst().targetHealth().reasonAsString()).isEqualTo("Target.NotInUse");
  }

  @Test
  void anUnknownInstanceIsNoTarget() {
    var unknown = TargetDescription.builder().id("i-0123456789abcdef0").build();

    assertThatThrownBy(() -> register(unknown)).isInstanceOf(InvalidTargetException.class);
    assertThatThrownBy(() -> health(unknown)).isInstanceOf(InvalidTargetException.class);
  }

  @Test
  void aTerminatedInstanceIsInAnInvalidState() throws Exception {
    listen();
    register(target(null));

    Clients.admin(simulator, "DELETE", "/clusters/blue/nodes/" + instance, "");

    assertThat(health().getFirst().targetHealth().reasonAsString())
        .isEqualTo("Target.InvalidState");
  }

  @Test
  void anUnknownTargetGroupIsNotFound() {
    assertThatThrownBy(() -> elb.describeTargetGroups(r -> r.names("nope")))
        .isInstanceOf(TargetGroupNotFoundException.class);
  }

  @Test
  void aGroupThatARuleNamesCannotBeDeleted() {
    var listener = listen();
    var rule =
        elb.createRule(
                r ->
                    r.listenerArn(listener)
                        .priority(10)
                        .conditions(
                            RuleCondition.builder().field("path-pattern").values("/app/*").build())
                        .actions(forward(weight(group.targetGroupArn(), 5))))
            .rules()
            .getFirst();

    assertThatThrownBy(() -> elb.deleteTargetGroup(r -> r.targetGroupArn(group.targetGroupArn())))
        .isInstanceOf(ResourceInUseException.class);
    assertThat(elb.describeRules(r -> r.listenerArn(listener)).rules())
        .extracting(each -> each.priority())
        .containsExactly("10", "default");
    elb.deleteRule(r -> r.ruleArn(rule.ruleArn()));
    elb.deleteListener(r -> r.listenerArn(listener));
    elb.deleteTargetGroup(r -> r.targetGroupArn(group.targetGroupArn()));
    assertThat(elb.describeTargetGroups().targetGroups()).isEmpty();
  }

  @Test
  void healthCheckSettingsBeyondTheBoundsAreRefused() {
    assertThatThrownBy(
            () ->
                elb.modifyTargetGroup(
                    r -> r.targetGroupArn(group.targetGroupArn()).healthCheckIntervalSeconds(4)))
        .isInstanceOfSatisfying(
            ElasticLoadBalancingV2Exception.class,
            e -> assertThat(e.awsErrorDetails().errorCode()).isEqualTo("ValidationError"))
        .isNotInstanceOf(SdkClientException.class);
  }

  private String listen() {
    var loadBalancer = elb.createLoadBalancer(r -> r.name("web")).loadBalancers().getFirst();
    return elb.createListener(
            r ->
                r.loadBalancerArn(loadBalancer.loadBalancerArn())
                    .protocol(ProtocolEnum.HTTP)
                    .port(8080)
                    .defaultActions(forward(weight(group.targetGroupArn(), 1))))
        .listeners()
        .getFirst()
        .listenerArn();
  }

  private static Action forward(TargetGroupTuple... groups) {
    return Action.builder()
        .type(ActionTypeEnum.FORWARD)
        .forwardConfig(ForwardActionConfig.builder().targetGroups(groups).build())
        .build();
  }

  private static TargetGroupTuple weight(String group, int weight) {
    return TargetGroupTuple.builder().targetGroupArn(group).weight(weight).build();
  }

  private TargetDescription target(@org.jspecify.annotations.Nullable Integer port) {
    return TargetDescription.builder().id(instance).port(port).build();
  }

  private void register(TargetDescription... targets) {
    elb.registerTargets(r -> r.targetGroupArn(group.targetGroupArn()).targets(targets));
  }

  private List<TargetHealthDescription> health(TargetDescription... targets) {
    return elb.describeTargetHealth(r -> r.targetGroupArn(group.targetGroupArn()).targets(targets))
        .targetHealthDescriptions();
  }

  private void advance(Duration span) {
    ((ManualClock) simulator.clock()).advance(span);
  }
}
