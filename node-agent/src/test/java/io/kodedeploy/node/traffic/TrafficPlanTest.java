package io.kodedeploy.node.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.core.command.LifecycleEvent;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.node.traffic.TrafficPlan.Work;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TrafficPlanTest {
  private static final WantedTarget WEB =
      new WantedTarget(TargetGroupRef.of("web"), new TargetPort.Fixed(30080), "appspec.yml:5");
  private static final WantedTarget API =
      new WantedTarget(TargetGroupRef.of("api"), new TargetPort.Fixed(30081), "appspec.yml:6");
  private static final WantedTarget GROUP_WEB =
      new WantedTarget(
          TargetGroupRef.of("web"), new TargetPort.GroupDefault(), "the deployment group");

  private static TrafficPlan plan(TrafficMode mode, LifecycleEvent first, GroupTraffic group) {
    return new TrafficPlan(mode, new DeploymentTraffic(first, group));
  }

  private static TrafficPlan controlled(String... targetGroups) {
    return plan(
        TrafficMode.AUTO,
        LifecycleEvent.BEFORE_BLOCK_TRAFFIC,
        new GroupTraffic.Known(true, Arrays.stream(targetGroups).map(TargetGroupRef::of).toList()));
  }

  private static TrafficPlan uncontrolled() {
    return plan(
        TrafficMode.AUTO,
        LifecycleEvent.APPLICATION_STOP,
        new GroupTraffic.Known(false, List.of()));
  }

  private static TrafficSection section(WantedTarget... targets) {
    return new TrafficSection(
        List.of(targets), TrafficSection.NONE.healthy(), TrafficSection.NONE.drained());
  }

  private static NodeRecord.Recorded recorded(String name, boolean managed) {
    return new NodeRecord.Recorded(new Target(FakeLoadBalancing.arn(name), name, 30080), managed);
  }

  private static Optional<NodeRecord.Application> record(NodeRecord.Recorded... targets) {
    return Optional.of(new NodeRecord.Application("green", "d-1", List.of(targets), true));
  }

  @Test
  void aControlledGroupIsVerifiedAndNeverChanged() {
    var plan = controlled("web");

    assertThat(plan.work(LifecycleEvent.AFTER_BLOCK_TRAFFIC, section(WEB), Optional.empty()))
        .isEqualTo(new Work.AwaitDrained(List.of(GROUP_WEB)));
    assertThat(
            plan.work(
                LifecycleEvent.APPLICATION_STOP, section(WEB), record(recorded("web", false))))
        .isEqualTo(new Work.Nothing());
    assertThat(plan.work(LifecycleEvent.VALIDATE_SERVICE, section(WEB), Optional.empty()))
        .isEqualTo(new Work.Nothing());
    assertThat(plan.work(LifecycleEvent.AFTER_ALLOW_TRAFFIC, section(WEB), Optional.empty()))
        .isEqualTo(new Work.AwaitHealthy(List.of(WEB)));
  }

  @Test
  void theGroupsOwnTargetGroupsCountWhenTheAppSpecNamesNone() {
    assertThat(
            controlled("web")
                .work(LifecycleEvent.AFTER_ALLOW_TRAFFIC, TrafficSection.NONE, Optional.empty()))
        .isEqualTo(new Work.AwaitHealthy(List.of(GROUP_WEB)));
  }

  @Test
  void aGroupWithoutTrafficControlIsManagedFromTheRecordAndTheAppSpec() {
    var plan = uncontrolled();

    assertThat(
            plan.work(
                LifecycleEvent.APPLICATION_STOP,
                TrafficSection.NONE,
                record(recorded("web", true))))
        .isEqualTo(new Work.Leave(List.of(recorded("web", true))));
    assertThat(plan.work(LifecycleEvent.BEFORE_INSTALL, section(WEB), Optional.empty()))
        .isEqualTo(new Work.Check(List.of(WEB), List.of()));
    assertThat(plan.work(LifecycleEvent.VALIDATE_SERVICE, section(WEB), Optional.empty()))
        .isEqualTo(new Work.Join(List.of(WEB)));
  }

  @Test
  void whatCodeDeployRegisteredBeforeIsLeftByTheNodeOnceItManages() {
    assertThat(
            uncontrolled()
                .work(
                    LifecycleEvent.APPLICATION_STOP, section(WEB), record(recorded("web", false))))
        .isEqualTo(new Work.Leave(List.of(recorded("web", false))));
  }

  @Test
  void aTargetGroupCodeDeployDoesNotKnowIsManagedInAControlledGroup() {
    var plan = controlled("web");

    assertThat(plan.work(LifecycleEvent.BEFORE_INSTALL, section(WEB, API), Optional.empty()))
        .isEqualTo(new Work.Check(List.of(API), List.of(WEB)));
    assertThat(plan.work(LifecycleEvent.VALIDATE_SERVICE, section(WEB, API), Optional.empty()))
        .isEqualTo(new Work.Join(List.of(API)));
  }

  @Test
  void anApplicationThatDroppedItsTargetGroupsIsForgotten() {
    assertThat(
            uncontrolled()
                .work(
                    LifecycleEvent.VALIDATE_SERVICE,
                    TrafficSection.NONE,
                    record(recorded("web", true))))
        .isEqualTo(new Work.Join(List.of()));
  }

  @Test
  void withoutTargetGroupsThereIsNoWorkAtAll() {
    var plan = uncontrolled();

    assertThat(LifecycleEvent.IN_ORDER)
        .allSatisfy(
            event ->
                assertThat(plan.work(event, TrafficSection.NONE, Optional.empty()))
                    .isEqualTo(new Work.Nothing()));
  }

  @Test
  void anUnreadableGroupIsVerifiedWhenTrafficIsBlockedFirst() {
    var plan =
        plan(
            TrafficMode.AUTO,
            LifecycleEvent.BEFORE_BLOCK_TRAFFIC,
            new GroupTraffic.Denied("AccessDeniedException: no"));

    assertThat(
            plan.work(
                LifecycleEvent.AFTER_BLOCK_TRAFFIC, section(WEB), record(recorded("web", true))))
        .isEqualTo(
            new Work.AwaitDrained(
                List.of(
                    new WantedTarget(
                        TargetGroupRef.of(FakeLoadBalancing.arn("web")),
                        new TargetPort.Fixed(30080),
                        "the node's record"))));
    assertThat(plan.work(LifecycleEvent.AFTER_ALLOW_TRAFFIC, section(WEB), Optional.empty()))
        .isEqualTo(new Work.AwaitHealthy(List.of(WEB)));
  }

  @Test
  void anUnreadableGroupFailsOnlyWhatDependsOnTheMode() {
    var plan =
        plan(
            TrafficMode.AUTO,
            LifecycleEvent.APPLICATION_STOP,
            new GroupTraffic.Denied("AccessDeniedException: no"));

    assertThat(plan.work(LifecycleEvent.APPLICATION_STOP, TrafficSection.NONE, Optional.empty()))
        .isEqualTo(new Work.Nothing());
    assertThatThrownBy(
            () -> plan.work(LifecycleEvent.BEFORE_INSTALL, section(WEB), Optional.empty()))
        .isInstanceOfSatisfying(
            AgentException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.TRAFFIC_MODE_UNKNOWN))
        .hasMessageContaining("web")
        .hasMessageContaining("AccessDeniedException: no");
  }

  @Test
  void theSettingOverridesTheGroup() {
    var group = new GroupTraffic.Known(true, List.of(TargetGroupRef.of("web")));

    assertThat(plan(TrafficMode.MANAGE, LifecycleEvent.APPLICATION_STOP, group).managed("web"))
        .isTrue();
    assertThat(
            plan(
                    TrafficMode.VERIFY,
                    LifecycleEvent.APPLICATION_STOP,
                    new GroupTraffic.Known(false, List.of()))
                .managed("web"))
        .isFalse();
  }
}
