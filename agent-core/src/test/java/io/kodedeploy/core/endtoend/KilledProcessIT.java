package io.kodedeploy.core.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.core.conformance.Awaited;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.codedeploy.model.DeploymentStatus;
import software.amazon.awssdk.services.codedeploy.model.LifecycleEvent;
import software.amazon.awssdk.services.codedeploy.model.LifecycleEventStatus;

/**
 * kill -9 of a real host process at a moment drawn from a seed, somewhere in a deployment of seven
 * events; another process follows. The schedules of {@code KillSchedulesTest} in earnest. More:
 * {@code -Dkodedeploy.kills=N}.
 */
class KilledProcessIT {
  private static final int KILLS = Integer.getInteger("kodedeploy.kills", 5);
  private static final int LATEST_MS = 900;
  private static final List<String> EVENTS =
      List.of("ApplicationStop", "BeforeInstall", "AfterInstall", "ApplicationStart");

  @TempDir Path directory;
  private final Service service = new Service();

  @AfterEach
  void stop() {
    service.close();
  }

  @TestFactory
  Stream<DynamicTest> aPureHostFailsWhatWasInterrupted() {
    return Stream.iterate(0, n -> n + 1)
        .limit(KILLS)
        .map(seed -> DynamicTest.dynamicTest("seed " + seed, () -> killed(seed, List.of())));
  }

  @TestFactory
  Stream<DynamicTest> aHostWithNotesGoesOn() {
    return Stream.iterate(0, n -> n + 1)
        .limit(KILLS)
        .map(
            seed ->
                DynamicTest.dynamicTest(
                    "seed " + seed,
                    () -> killed(seed, List.of(directory.resolve("notes").toString()))));
  }

  private void killed(int seed, List<String> notes) throws Exception {
    var config = service.settings(directory);
    var random = new Random(seed);
    long reports = service.calls("PutHostCommandComplete");
    long polls = service.calls("PollHostCommand");
    var first = HostProcess.start(config, directory, notes);
    String deployment = service.deploy(bundle());
    Awaited.within(
        Duration.ofSeconds(60),
        "first poll, so that the kill comes while the host works",
        () -> service.calls("PollHostCommand") > polls);
    first.waitFor(random.nextInt(LATEST_MS), TimeUnit.MILLISECONDS);
    first.destroyForcibly().waitFor();

    var second = HostProcess.start(config, directory, notes);
    try {
      var end = service.ended(deployment);

      var events = service.target(deployment).lifecycleEvents();
      assertThat(ran(deployment)).as("scripts, each begun at most once").doesNotHaveDuplicates();
      assertThat(service.calls("PutHostCommandComplete") - reports)
          .as("reports: one a command, one more when it was killed while one was under way")
          .isLessThanOrEqualTo(events.size() + 1L);
      if (end.status() == DeploymentStatus.SUCCEEDED) {
        assertThat(ran(deployment)).contains("BeforeInstall", "AfterInstall", "ApplicationStart");
      } else {
        assertThat(events)
            .filteredOn(event -> event.status() == LifecycleEventStatus.FAILED)
            .singleElement()
            .satisfies(event -> assertInterrupted(event, notes));
      }
    } finally {
      second.destroyForcibly().waitFor();
    }
  }

  private static void assertInterrupted(LifecycleEvent event, List<String> notes) {
    var diagnostics = event.diagnostics();
    if (notes.isEmpty()) {
      assertThat(diagnostics.message())
          .isEqualTo("Failed: Failing in-progress lifecycle event after an agent restart.");
    } else {
      assertThat(diagnostics.message()).isEqualTo("script interrupted by an agent restart");
      assertThat(diagnostics.scriptName()).isEqualTo(event.lifecycleEventName() + ".sh");
    }
  }

  private List<String> ran(String deployment) throws IOException {
    var file = directory.resolve("ran-" + deployment);
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  private Map<String, String> bundle() {
    var files = new HashMap<String, String>();
    var appSpec = new StringBuilder("version: 0.0\nos: linux\nhooks:\n");
    for (String event : EVENTS) {
      appSpec.append("  %1$s:\n    - location: %1$s.sh\n".formatted(event));
      files.put(
          event + ".sh",
          "#!/bin/sh\necho $LIFECYCLE_EVENT >> %s/ran-$DEPLOYMENT_ID\nsleep 0.05\n"
              .formatted(directory));
    }
    files.put("appspec.yml", appSpec.toString());
    return files;
  }
}
