package io.kodedeploy.namespace.catchup;

import static io.kodedeploy.namespace.catchup.CatchUpRig.APPLICATION;
import static io.kodedeploy.namespace.catchup.CatchUpRig.EVERYWHERE;
import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.namespace.catchup.ApplicationStatus.State;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.codedeploy.model.AutoRollbackEvent;
import software.amazon.awssdk.services.codedeploy.model.AutoScalingGroup;
import software.amazon.awssdk.services.codedeploy.model.DeploymentGroupInfo;
import software.amazon.awssdk.services.codedeploy.model.DeploymentStatus;

/** {@code catch-up.mode: codedeploy}: each guard, and that no other cluster is ever changed. */
class ServiceDeployerTest {
  @TempDir Path folder;
  private CatchUpRig rig;

  @BeforeEach
  void deploymentsOfTheServiceAreAllowed() throws Exception {
    rig = new CatchUpRig(folder);
    rig.byService = true;
  }

  @AfterEach
  void end() {
    rig.close();
  }

  private ApplicationStatus status() {
    return rig.status().orElseThrow();
  }

  private List<String> deployments() {
    return rig.operator
        .listDeployments(r -> r.applicationName(APPLICATION).deploymentGroupName(EVERYWHERE))
        .deployments();
  }

  private boolean created() throws Exception {
    return rig.calls().contains("CreateDeployment");
  }

  @Test
  void theOnlyOutdatedHostIsBroughtByADeploymentThatTouchesNoOther() throws Exception {
    rig.succeedElsewhere("one");
    var commands = rig.blue.commands().size();

    rig.round();

    assertThat(rig.engineCalls).isEmpty();
    assertThat(status().state()).isEqualTo(State.WAITING);
    var id = deployments().getFirst();
    assertThat(status().reason()).contains(id);
    try (var _ = rig.play("green")) {
      assertThat(rig.awaitEnd(id)).isEqualTo(DeploymentStatus.SUCCEEDED);
    }
    assertThat(rig.operator.listDeploymentTargets(r -> r.deploymentId(id)).targetIds())
        .containsExactly("test-green-shop");
    var info = rig.operator.getDeployment(r -> r.deploymentId(id)).deploymentInfo();
    assertThat(info.updateOutdatedInstancesOnly()).isTrue();
    assertThat(info.deploymentConfigName()).isEqualTo("CodeDeployDefault.AllAtOnce");
    assertThat(rig.blue.commands()).hasSize(commands);
  }

  @Test
  void whileAnotherClusterIsOutdatedThisHostBringsItByItself() throws Exception {
    rig.succeedElsewhere("one");
    rig.register("red");

    rig.round();

    assertThat(created()).isFalse();
    assertThat(status().state()).isEqualTo(State.CURRENT);
  }

  @Test
  void duringAHotfixNothingIsCreated() throws Exception {
    rig.succeedElsewhere("one");
    rig.begin(EVERYWHERE, "hot");

    rig.round();

    assertThat(created()).isFalse();
    assertThat(status().why().next()).isEqualTo(NextAttempt.AFTER_DEPLOYMENT);
  }

  @Test
  void aFailureDoesNotRollTheGroupBackWhateverTheGroupSays() throws Exception {
    rig.operator.updateDeploymentGroup(
        r ->
            r.applicationName(APPLICATION)
                .currentDeploymentGroupName(EVERYWHERE)
                .autoRollbackConfiguration(
                    a -> a.enabled(true).events(AutoRollbackEvent.DEPLOYMENT_FAILURE)));
    rig.succeedElsewhere("zero");
    rig.succeedElsewhere("one");
    var commands = rig.blue.commands().size();
    rig.round();
    var id = deployments().getFirst();

    try (var green = rig.play("green")) {
      green.failIn("BeforeInstall");
      assertThat(rig.awaitEnd(id)).isEqualTo(DeploymentStatus.FAILED);
    }

    assertThat(deployments()).first().isEqualTo(id);
    assertThat(rig.operator.getDeployment(r -> r.deploymentId(id)).deploymentInfo().rollbackInfo())
        .satisfiesAnyOf(
            rollback -> assertThat(rollback).isNull(),
            rollback -> assertThat(rollback.rollbackDeploymentId()).isNull());
    assertThat(rig.blue.commands()).hasSize(commands);
  }

  @Test
  void aHalfFailedNewerRevisionIsNotTakenBackAnywhereElse() throws Exception {
    rig.succeedElsewhere("one");
    rig.untag("green", "kodedeployns", "shop");
    rig.blue.failIn("BeforeInstall");
    rig.awaitEnd(rig.begin(EVERYWHERE, "two"));
    rig.tag("green", "kodedeployns", "shop");
    var commands = rig.blue.commands().size();

    rig.round();

    assertThat(created()).isFalse();
    assertThat(status().state()).isEqualTo(State.CURRENT);
    assertThat(rig.blue.commands()).hasSize(commands);
  }

  @Test
  void aRevisionIsTriedThreeTimes() throws Exception {
    rig.succeedElsewhere("one");
    try (var green = rig.play("green")) {
      green.failIn("BeforeInstall");
      for (var attempt = 0; attempt < 3; attempt++) {
        rig.round();
        rig.awaitEnd(deployments().getFirst());
      }
    }
    assertThat(deployments()).hasSize(4);

    rig.round();

    assertThat(deployments()).hasSize(4);
    assertThat(status().state()).isEqualTo(State.FAILED);
    assertThat(status().reason()).contains("3 deployments of the service");
    assertThat(rig.engineCalls).isEmpty();
  }

  @Test
  void whenNoDeploymentCanBeCreatedItIsBroughtLocally() throws Exception {
    rig.succeedElsewhere("one");
    rig.fail("CreateDeployment");

    rig.round();

    assertThat(status().state()).isEqualTo(State.CURRENT);
    assertThat(deployments()).hasSize(1);
  }

  @Test
  void aGroupWithAlarmsOrEc2InstancesIsNotTouched() {
    var deployer = new ServiceDeployer(rig.asking(), "test-green-shop");
    var success = new GroupState.Deployment("d-1", Instant.EPOCH);
    var group =
        new GroupState(
            APPLICATION,
            EVERYWHERE,
            "id",
            new TagSelection(List.of(), List.of()),
            Optional.of(success),
            false);
    var wanted = new Wanted(APPLICATION, group, "d-1", false, false, java.util.Set.of(EVERYWHERE));
    var plain =
        DeploymentGroupInfo.builder()
            .lastSuccessfulDeployment(d -> d.deploymentId("d-1"))
            .lastAttemptedDeployment(d -> d.deploymentId("d-1"))
            .build();

    assertThat(deployer.doubt(plain, wanted, List.of())).isEmpty();
    assertThat(
            Map.of(
                    "alarms",
                    plain.toBuilder().alarmConfiguration(a -> a.enabled(true)).build(),
                    "EC2",
                    plain.toBuilder()
                        .autoScalingGroups(AutoScalingGroup.builder().name("nodes").build())
                        .build(),
                    "moved on",
                    plain.toBuilder().lastSuccessfulDeployment(d -> d.deploymentId("d-2")).build())
                .entrySet())
        .allSatisfy(
            one ->
                assertThat(deployer.doubt(one.getValue(), wanted, List.of()).orElseThrow())
                    .contains(one.getKey()));
  }
}
