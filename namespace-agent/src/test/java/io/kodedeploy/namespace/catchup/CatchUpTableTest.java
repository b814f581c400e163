package io.kodedeploy.namespace.catchup;

import static io.kodedeploy.namespace.catchup.CatchUpRig.APPLICATION;
import static io.kodedeploy.namespace.catchup.CatchUpRig.EVERYWHERE;
import static io.kodedeploy.namespace.catchup.CatchUpRig.HERE;
import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.core.command.Acceptance;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.namespace.catchup.ApplicationStatus.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.codedeploy.model.DeploymentStatus;

/**
 * The table {@code catch-up-cases.txt}, each case against the real CatchUp and a simulated
 * CodeDeploy over a socket.
 */
class CatchUpTableTest {
  private static final Map<String, String> CLUSTER =
      Map.of("kodedeployenv", "test", "kodedeployns", "shop", "kodedeploycluster", "green");

  /** A line of the table. */
  record Case(String name, String given, String state, String code, String next, String engine) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** Brings about what a case is given. */
  @FunctionalInterface
  interface Given {
    void in(CatchUpRig rig) throws Exception;
  }

  @TempDir Path folder;

  static Stream<Case> cases() throws IOException {
    return Files.readAllLines(Path.of("src", "test", "resources", "catch-up-cases.txt")).stream()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.split("\\|", -1))
        .map(
            cells ->
                new Case(
                    cells[0].strip(),
                    cells[1].strip(),
                    cells[2].strip(),
                    cells[3].strip(),
                    cells[4].strip(),
                    cells[5].strip()));
  }

  private static final Map<String, Given> GIVEN =
      Map.ofEntries(
          Map.entry("new cluster", rig -> rig.succeedElsewhere("one")),
          Map.entry(
              "away for 20 minutes",
              rig -> {
                rig.installed(rig.succeedElsewhere("one"), "one");
                rig.succeedElsewhere("two");
              }),
          Map.entry(
              "same content",
              rig -> {
                rig.installed(rig.succeedElsewhere("one"), "one");
                rig.succeedElsewhere("one");
              }),
          Map.entry(
              "deployment running",
              rig -> {
                rig.succeedElsewhere("one");
                rig.begin(EVERYWHERE, "two"); // green does not poll
              }),
          Map.entry(
              "hotfix running",
              rig -> {
                rig.succeedElsewhere("one");
                rig.group(HERE, _ -> {}, CLUSTER);
                rig.begin(HERE, "hot");
              }),
          Map.entry("waiting", failing(ErrorCode.KIND_MISSING)),
          Map.entry("interrupted", failing(ErrorCode.COMMAND_INTERRUPTED)),
          Map.entry("gone", failing(ErrorCode.BUNDLE_UNAVAILABLE)),
          Map.entry("rejected", failing(ErrorCode.NOT_ACCEPTED)),
          Map.entry("failed now", failing(ErrorCode.APPLY_REFUSED)),
          Map.entry("failed here", rig -> rig.failed(rig.succeedElsewhere("one"), "one")),
          Map.entry(
              "half-failed newer revision",
              rig -> {
                rig.succeedElsewhere("one");
                rig.installed(failElsewhere(rig, "two"), "two");
              }),
          Map.entry(
              "newer revision failed elsewhere",
              rig -> {
                rig.succeedElsewhere("one");
                failElsewhere(rig, "two");
              }),
          Map.entry("first deployment failed", rig -> rig.failed(failElsewhere(rig, "one"), "one")),
          Map.entry(
              "pinned",
              rig -> {
                rig.installed(rig.succeedElsewhere("one"), "one");
                succeedHere(rig, "canary");
              }),
          Map.entry(
              "no longer pinned",
              rig -> {
                rig.installed(succeedHere(rig, "canary"), "canary");
                rig.succeedElsewhere("two");
              }),
          Map.entry(
              "foreign group",
              rig -> {
                rig.acceptance = new Acceptance(true, List.of(), List.of("other-group"), List.of());
                rig.succeedElsewhere("one");
              }),
          Map.entry(
              "group excludes this cluster",
              rig -> {
                rig.installed(rig.succeedElsewhere("one"), "one");
                selects(rig, Map.of("kodedeployns", "shop", "kodedeploycluster", "blue"));
              }),
          Map.entry(
              "tags of the instance changed",
              rig -> {
                rig.installed(rig.succeedElsewhere("one"), "one");
                rig.untag("green", "kodedeployns", "shop");
                rig.tag("green", "kodedeployns", "cellar");
              }),
          Map.entry(
              "tags of the group changed",
              rig -> {
                selects(rig, Map.of("kodedeployns", "shop", "kodedeploycluster", "blue"));
                rig.awaitEnd(rig.begin(EVERYWHERE, "one"));
                selects(rig, Map.of("kodedeployns", "shop"));
              }),
          Map.entry(
              "deleted application",
              rig -> {
                rig.installed(rig.succeedElsewhere("one"), "one");
                rig.operator.deleteApplication(r -> r.applicationName(APPLICATION));
              }),
          Map.entry(
              "paused namespace",
              rig -> {
                rig.succeedElsewhere("one");
                rig.pause = Optional.of("kodedeploy.io/pause: audit");
              }),
          Map.entry(
              "paused cluster",
              rig -> {
                rig.succeedElsewhere("one");
                rig.untag("green", "kodedeployenv", "test");
                rig.tag("green", "kodedeploypaused", "test");
              }),
          Map.entry(
              "deregistered",
              rig -> {
                rig.succeedElsewhere("one");
                rig.deregister("green");
              }));

  private static Given failing(ErrorCode code) {
    return rig -> {
      rig.succeedElsewhere("one");
      rig.engineFails = Optional.of(code);
    };
  }

  private static String failElsewhere(CatchUpRig rig, String revision) throws Exception {
    rig.blue.failIn("BeforeInstall");
    rig.untag("green", "kodedeployns", "shop");
    var id = rig.begin(EVERYWHERE, revision);
    assertThat(rig.awaitEnd(id)).isEqualTo(DeploymentStatus.FAILED);
    rig.tag("green", "kodedeployns", "shop");
    return id;
  }

  private static String succeedHere(CatchUpRig rig, String revision) throws Exception {
    rig.group(HERE, _ -> {}, CLUSTER);
    try (var _ = rig.play("green")) {
      var id = rig.begin(HERE, revision);
      assertThat(rig.awaitEnd(id)).isEqualTo(DeploymentStatus.SUCCEEDED);
      return id;
    }
  }

  private static void selects(CatchUpRig rig, Map<String, String> tags) {
    rig.operator.updateDeploymentGroup(
        r ->
            r.applicationName(APPLICATION)
                .currentDeploymentGroupName(EVERYWHERE)
                .onPremisesTagSet(s -> s.onPremisesTagSetList(CatchUpRig.filters(tags))));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void eachCaseIsAsTheTableSays(Case one) throws Exception {
    assertThat(GIVEN).as("every case has its given").containsKey(one.name());
    try (var rig = new CatchUpRig(folder)) {
      GIVEN.get(one.name()).in(rig);

      rig.round();

      var status = rig.status();
      if (one.state().equals("not listed")) {
        assertThat(status).isEmpty();
      } else {
        var seen = status.orElseThrow();
        assertThat(seen.state().word()).as(seen.toString()).isEqualTo(one.state());
        assertThat(seen.why().code()).isEqualTo(one.code());
        assertThat(seen.why().next().words()).isEqualTo(one.next());
        assertThat(seen.reason().isEmpty()).isEqualTo(seen.state() == State.CURRENT);
      }
      assertThat(rig.engineCalls.isEmpty()).isEqualTo(one.engine().equals("untouched"));

      rig.awaitRecord();
      rig.engineCalls.clear();
      rig.round();

      assertThat(rig.engineCalls.isEmpty())
          .as("the second round: " + rig.engineCalls)
          .isEqualTo(!one.engine().equals("called again"));
      assertThat(rig.calls()).allMatch(call -> call.matches("(List|Get|BatchGet).*"));
    }
  }

  @Test
  void theReadmeShowsTheSameTable() throws Exception {
    var readme = Files.readString(Path.of("README.md"));
    var rows =
        cases()
            .map(
                one ->
                    "| %s | %s | %s | %s | %s |"
                        .formatted(
                            one.name(),
                            one.given(),
                            one.state().equals("not listed")
                                ? "not listed"
                                : "`" + one.state() + "`",
                            one.code().isEmpty() ? "" : "`" + one.code() + "`",
                            one.next()))
            .toList();

    assertThat(readme).contains(String.join("\n", rows) + "\n\n");
    assertThat(GIVEN.keySet())
        .containsExactlyInAnyOrderElementsOf(cases().map(Case::name).toList());
  }
}
