package io.kodedeploy.namespace.catchup;

import static io.kodedeploy.namespace.catchup.CatchUpRig.APPLICATION;
import static io.kodedeploy.namespace.catchup.CatchUpRig.EVERYWHERE;
import static io.kodedeploy.namespace.catchup.CatchUpRig.HERE;
import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.namespace.catchup.ApplicationStatus.State;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One agent lists for its cluster: by the calls that the simulator saw. */
class SharedGroupsTest {
  private static final TagSelection SHOP =
      new TagSelection(List.of(List.of(new TagRule.Pair("kodedeployns", "shop"))), List.of());

  @TempDir Path folder;
  private CatchUpRig rig;

  @BeforeEach
  void aClusterOfTwoNamespaces() throws Exception {
    rig = new CatchUpRig(folder);
    rig.boardOf(Map.of("shop", "10", "cellar", "10"));
  }

  @AfterEach
  void end() {
    rig.close();
  }

  private State state() {
    return rig.status().orElseThrow().state();
  }

  private void forge(String deployment, boolean running) throws InterruptedException {
    var group =
        new GroupState(
            APPLICATION,
            EVERYWHERE,
            "id",
            SHOP,
            Optional.of(new GroupState.Deployment(deployment, Instant.now())),
            running);
    rig.board("cellar").publish(new GroupList(Instant.now(), List.of(group)).data());
  }

  @Test
  void aNamespaceOfThreeApplicationsStartsWithFiveCallsWhenNothingIsToBeDone() throws Exception {
    rig.installed(rig.succeedElsewhere("one"), "one");
    rig.operator.createApplication(r -> r.applicationName("second"));
    rig.operator.createApplication(r -> r.applicationName("third"));
    rig.acceptOnly(EVERYWHERE, HERE);

    assertThat(rig.round().parity()).isTrue();

    assertThat(rig.calls())
        .hasSizeLessThanOrEqualTo(5)
        .containsExactlyInAnyOrder(
            "ListApplications",
            "BatchGetDeploymentGroups",
            "BatchGetDeploymentGroups",
            "BatchGetDeploymentGroups",
            "GetOnPremisesInstance");
  }

  @Test
  void whoFindsAFreshListAsksOnlyForItsOwnInstance() throws Exception {
    rig.installed(rig.succeedElsewhere("one"), "one");
    rig.share("cellar");
    rig.round();
    assertThat(rig.calls()).contains("ListApplications", "ListDeploymentGroups");
    var before = rig.calls().size();

    rig.share("shop");
    rig.round();

    assertThat(rig.calls().subList(before, rig.calls().size()))
        .containsExactly("GetOnPremisesInstance");
    assertThat(state()).isEqualTo(State.CURRENT);
  }

  @Test
  void whatTheListSaysIsConfirmedBeforeItIsBrought() throws Exception {
    var one = rig.succeedElsewhere("one");
    rig.share("shop");
    rig.round();

    assertThat(rig.calls()).contains("BatchGetDeployments");
    assertThat(rig.engineCalls).isNotEmpty().allMatch(call -> call.startsWith(one));
    assertThat(state()).isEqualTo(State.CURRENT);
  }

  @Test
  void aForgedListBringsNothingThatCodeDeployDoesNotConfirm() throws Exception {
    var old = rig.succeedElsewhere("one");
    rig.installed(rig.succeedElsewhere("two"), "two");
    rig.share("shop");

    forge(old, false);
    rig.round();
    assertThat(rig.engineCalls).isEmpty();
    assertThat(state()).isEqualTo(State.CURRENT);

    forge("d-FORGED000", false);
    rig.round();
    assertThat(rig.engineCalls).isEmpty();
    assertThat(state()).isEqualTo(State.CURRENT);

    forge(old, true);
    rig.round();
    assertThat(state()).as("it does not wait for what does not run").isEqualTo(State.CURRENT);
  }

  @Test
  void aNewNamespaceIsNotGivenADeploymentThatNeverSucceeded() throws Exception {
    rig.untag("green", "kodedeployns", "shop");
    rig.blue.failIn("BeforeInstall");
    var failed = rig.begin(EVERYWHERE, "one");
    rig.awaitEnd(failed);
    rig.tag("green", "kodedeployns", "shop");
    rig.share("shop");

    for (var forged : List.of(failed, "d-FORGED000")) {
      forge(forged, false);
      rig.round();

      assertThat(rig.engineCalls).isEmpty();
      assertThat(state()).isEqualTo(State.UNKNOWN);
    }
  }

  @Test
  void withoutTheRightToReadTheBoardAnAgentAsksByItself() throws Exception {
    rig.installed(rig.succeedElsewhere("one"), "one");
    rig.cluster.denied = "/namespaces/kodedeploy/";
    rig.share("shop");

    rig.round();

    assertThat(rig.calls()).contains("ListApplications");
    assertThat(state()).isEqualTo(State.CURRENT);
  }

  @Test
  void oneAgentAtATimeHasTheTurnAndADeadOneLosesIt() throws Exception {
    var first = rig.board("cellar");
    var second = rig.board("shop");

    assertThat(first.takeTurn(Duration.ofMinutes(1))).isTrue();
    assertThat(second.takeTurn(Duration.ofMinutes(1))).isFalse();
    assertThat(first.takeTurn(Duration.ZERO)).as("renewed, and over at once").isTrue();
    assertThat(second.takeTurn(Duration.ofMinutes(1))).isTrue();
    second.endTurn();
    assertThat(first.takeTurn(Duration.ofMinutes(1))).isTrue();
  }
}
