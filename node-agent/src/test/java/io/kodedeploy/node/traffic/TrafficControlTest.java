package io.kodedeploy.node.traffic;

import static io.kodedeploy.node.traffic.FakeLoadBalancing.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.core.command.LifecycleEvent;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.spec.BundleType;
import io.kodedeploy.core.spec.DeploymentSpec;
import io.kodedeploy.core.spec.FileExistsBehavior;
import io.kodedeploy.core.spec.Revision;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrafficControlTest {
  private final FakeLoadBalancing elb = new FakeLoadBalancing().group("web", 30080);
  private final JumpingTime time = new JumpingTime();
  private final List<String> progress = new ArrayList<>();
  private final List<String> groupReads = new ArrayList<>();
  private GroupTraffic groupTraffic = new GroupTraffic.Known(false, List.of());

  @TempDir private Path folder;
  private NodeRecordFile records;
  private TrafficControl control;

  @BeforeEach
  void open() {
    records = NodeRecordFile.open(folder);
    control =
        new TrafficControl(
            elb,
            (application, group) -> {
              groupReads.add(application + "/" + group);
              return groupTraffic;
            },
            port -> 31234,
            records,
            new TargetStates(),
            TrafficSettings.DEFAULTS,
            time,
            time,
            new Random(1));
  }

  private static DeploymentSpec spec(String application, String deployment) {
    return new DeploymentSpec(
        deployment,
        "g-1",
        "green",
        application,
        "user",
        "IN_PLACE",
        "appspec.yml",
        FileExistsBehavior.DISALLOW,
        List.of(),
        Optional.empty(),
        new Revision.S3("b", "k", BundleType.ZIP, Optional.empty(), Optional.empty()),
        Optional.empty());
  }

  private static TrafficSection web(TargetPort port) {
    return new TrafficSection(
        List.of(new WantedTarget(TargetGroupRef.of("web"), port, "appspec.yml:5: traffic")),
        Duration.ofMinutes(3),
        Optional.empty());
  }

  private static final TrafficSection WEB = web(new TargetPort.Fixed(30080));

  private void event(LifecycleEvent event, DeploymentSpec spec, TrafficSection section)
      throws InterruptedException {
    control.carryOut(
        control.decide(event, spec, folder.resolve(spec.deploymentId()), section),
        spec,
        section,
        progress::add);
  }

  @Test
  void aManagedDeploymentLeavesWhatTheRecordNamesAndJoinsWhatTheAppSpecNames() throws Exception {
    elb.group("api", 30081);
    elb.health("web", state("healthy", ""));
    event(LifecycleEvent.VALIDATE_SERVICE, spec("shop", "d-1"), WEB);
    elb.calls.clear();
    elb.health("web", state("draining", ""), state("unused", "Target.NotRegistered"));
    elb.health("api", state("initial", ""), state("healthy", ""));
    var api =
        new TrafficSection(
            List.of(
                new WantedTarget(
                    TargetGroupRef.of("api"), new TargetPort.GroupDefault(), "appspec.yml:5")),
            Duration.ofMinutes(3),
            Optional.empty());

    event(LifecycleEvent.APPLICATION_STOP, spec("shop", "d-2"), TrafficSection.NONE);
    var between = records.read();
    event(LifecycleEvent.VALIDATE_SERVICE, spec("shop", "d-2"), api);

    assertThat(elb.calls)
        .containsExactly(
            "deregister web:30080",
            "health web:30080",
            "health web:30080",
            "register api:30081",
            "health api:30081",
            "health api:30081");
    assertThat(between.application("shop").orElseThrow().serving()).isFalse();
    assertThat(NodeRecordFile.open(folder).read())
        .isEqualTo(
            NodeRecord.EMPTY.with(
                "shop",
                new NodeRecord.Application(
                    "green",
                    "d-2",
                    List.of(
                        new NodeRecord.Recorded(
                            new Target(FakeLoadBalancing.arn("api"), "api", 30081), true)),
                    true)));
  }

  @Test
  void theRecordIsWrittenBeforeTheRegistration() {
    elb.refuseRegistration();

    assertThatThrownBy(() -> event(LifecycleEvent.VALIDATE_SERVICE, spec("shop", "d-1"), WEB))
        .isInstanceOf(AgentException.class);

    var left = NodeRecordFile.open(folder).read().application("shop").orElseThrow();
    assertThat(left.targets()).hasSize(1);
    assertThat(left.serving()).isFalse();
  }

  @Test
  void theGroupIsReadOnceADeployment() throws Exception {
    elb.health("web", state("healthy", ""));

    event(LifecycleEvent.APPLICATION_STOP, spec("shop", "d-1"), WEB);
    groupTraffic = new GroupTraffic.Known(true, List.of(TargetGroupRef.of("web")));
    event(LifecycleEvent.VALIDATE_SERVICE, spec("shop", "d-1"), WEB);

    assertThat(groupReads).containsExactly("shop/green");
    assertThat(elb.changes()).containsExactly("register web:30080");
  }

  @Test
  void aDeniedGroupStaysDeniedAcrossARestart() throws Exception {
    groupTraffic = new GroupTraffic.Denied("AccessDenied: no");
    event(LifecycleEvent.BEFORE_BLOCK_TRAFFIC, spec("shop", "d-1"), TrafficSection.NONE);

    assertThat(DeploymentTraffic.read(folder.resolve("d-1")))
        .contains(
            new DeploymentTraffic(
                LifecycleEvent.BEFORE_BLOCK_TRAFFIC, new GroupTraffic.Denied("AccessDenied: no")));
  }

  @Test
  void aVerifiedDeploymentOnlyLooks() throws Exception {
    groupTraffic = new GroupTraffic.Known(true, List.of(TargetGroupRef.of("web")));
    elb.health("web", state("unused", "Target.NotRegistered"), state("healthy", ""));
    var spec = spec("shop", "d-1");

    for (var event : LifecycleEvent.IN_ORDER) {
      event(event, spec, WEB);
    }

    assertThat(elb.calls).containsExactly("health web:30080", "health web:30080");
    assertThat(records.read().application("shop").orElseThrow())
        .isEqualTo(
            new NodeRecord.Application(
                "green",
                "d-1",
                List.of(
                    new NodeRecord.Recorded(
                        new Target(FakeLoadBalancing.arn("web"), "web", 30080), false)),
                true));
  }

  @Test
  void aNodePortIsAskedOfTheCluster() throws Exception {
    elb.health("web", state("healthy", ""));

    event(
        LifecycleEvent.VALIDATE_SERVICE,
        spec("shop", "d-1"),
        web(new TargetPort.NodePort("ingress", "controller", "https")));

    assertThat(elb.changes()).containsExactly("register web:31234");
  }

  @Test
  void refusesATargetGroupThatIsNotThere() {
    assertRefused(
        ErrorCode.TARGET_GROUP_NOT_FOUND,
        new TrafficSection(
            List.of(
                new WantedTarget(
                    TargetGroupRef.of("wbe"), new TargetPort.GroupDefault(), "appspec.yml:7: x")),
            Duration.ofMinutes(3),
            Optional.empty()),
        "appspec.yml:7: x: there is no target group wbe");
  }

  @Test
  void refusesATargetGroupOfAddresses() {
    elb.group("web", 30080, "ip");

    assertRefused(ErrorCode.TARGET_GROUP_TYPE, WEB, "target type ip, expected instance");
  }

  @Test
  void refusesATargetGroupOfTheNodesOwnAutoScalingGroup() {
    elb.attachedTo("green-nodes");

    assertRefused(ErrorCode.TARGET_GROUP_ATTACHED, WEB, "Auto Scaling group green-nodes");
  }

  @Test
  void refusesATargetGroupOfAnotherApplication() throws Exception {
    elb.health("web", state("healthy", ""));
    event(LifecycleEvent.VALIDATE_SERVICE, spec("cart", "d-0"), WEB);

    assertRefused(ErrorCode.TARGET_GROUP_CLAIMED, WEB, "already belongs to application cart");
  }

  @Test
  void refusesAPortCodeDeployWouldNotRegister() {
    groupTraffic = new GroupTraffic.Known(true, List.of(TargetGroupRef.of("web")));

    assertRefused(
        ErrorCode.TARGET_PORT_INVALID,
        web(new TargetPort.Fixed(8080)),
        "on the group's port 30080, the AppSpec says 8080");
  }

  private void assertRefused(ErrorCode code, TrafficSection section, String words) {
    int before = elb.changes().size();
    assertThatThrownBy(() -> event(LifecycleEvent.BEFORE_INSTALL, spec("shop", "d-1"), section))
        .isInstanceOfSatisfying(AgentException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageContaining(words);
    assertThat(elb.changes()).hasSize(before);
  }

  @Test
  void aDrainLimitBelowTheDeregistrationDelayIsRefusedBeforeAnythingIsLeft() throws Exception {
    elb.health("web", state("healthy", ""));
    event(LifecycleEvent.VALIDATE_SERVICE, spec("shop", "d-1"), WEB);
    elb.calls.clear();
    elb.delay("web", Duration.ofMinutes(5));
    var impatient =
        new TrafficSection(WEB.targetGroups(), WEB.healthy(), Optional.of(Duration.ofMinutes(1)));

    assertThatThrownBy(() -> event(LifecycleEvent.APPLICATION_STOP, spec("shop", "d-2"), impatient))
        .isInstanceOf(AgentException.class)
        .hasMessageContaining("drains for 300 s");
    assertThat(elb.calls).isEmpty();
  }

  @Test
  void aDeletedTargetGroupNeedsNoLeaving() throws Exception {
    records.update(
        record ->
            record.with(
                "shop",
                new NodeRecord.Application(
                    "green",
                    "d-0",
                    List.of(
                        new NodeRecord.Recorded(
                            new Target(FakeLoadBalancing.arn("old"), "old", 30080), true)),
                    true)));

    event(LifecycleEvent.APPLICATION_STOP, spec("shop", "d-1"), TrafficSection.NONE);

    assertThat(progress).containsExactly("target group old is gone: nothing to leave");
    assertThat(elb.changes()).isEmpty();
  }
}
