package io.kodedeploy.core.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.core.protocol.DiagnosticCode;
import io.kodedeploy.core.protocol.Diagnostics;
import io.kodedeploy.core.store.DeploymentMarkers;
import io.kodedeploy.core.store.DeploymentPaths;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

/**
 * Two deployments, carried out by agents that are killed at points drawn from a seed, each time
 * followed by another agent. More schedules: {@code -Dkodedeploy.schedules=N}, for each of the
 * three kinds of host. A failure names its seed.
 */
class KillSchedulesTest {
  private static final int SCHEDULES = Integer.getInteger("kodedeploy.schedules", 340);
  private static final long PATIENCE = 60_000;
  private static final List<String> DEPLOYMENTS = List.of("d-1", "d-2");

  private enum Kind {
    /** As the official agent: what was interrupted is reported as failed. */
    PURE_HOST,
    /** Notes and disk outlive the process. */
    RESUMING,
    /** Notes outlive the process, the disk does not. */
    RESUMING_WITHOUT_DISK
  }

  @TempDir(factory = InMemory.class)
  Path directory;

  /** Thousands of forced writes need no real disk. */
  static final class InMemory implements TempDirFactory {
    private static final Path MEMORY = Path.of("/dev/shm");

    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext extension)
        throws IOException {
      return Files.isWritable(MEMORY)
          ? Files.createTempDirectory(MEMORY, "kodedeploy-kill-")
          : Files.createTempDirectory("kodedeploy-kill-");
    }
  }

  @Test
  void aPureHostReportsEveryCommandOnceAndRunsNoScriptTwice() throws Exception {
    runAll(Kind.PURE_HOST);
  }

  @Test
  void aResumingHostGoesOnAtTheStepThatWasInterrupted() throws Exception {
    runAll(Kind.RESUMING);
  }

  @Test
  void aResumingHostGoesOnWithoutItsDisk() throws Exception {
    runAll(Kind.RESUMING_WITHOUT_DISK);
  }

  private void runAll(Kind kind) throws Exception {
    int points = new Schedule(kind, -1).points();
    assertThat(points).as("points at which an agent can be killed").isGreaterThan(40);
    for (int seed = 0; seed < SCHEDULES; seed++) {
      try {
        new Schedule(kind, seed).run(points);
      } catch (AssertionError e) {
        throw new AssertionError(kind + ", seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  private final class Schedule {
    private final Kind kind;
    private final Path folder;
    private final Random random;
    private final ServiceOfRecord service = new ServiceOfRecord(DEPLOYMENTS);
    private final MortalHost.Diary diary = new MortalHost.Diary();
    private final Map<String, String> notes = new ConcurrentHashMap<>();
    private int kills;

    Schedule(Kind kind, int seed) throws IOException {
      this.kind = kind;
      this.folder = Files.createDirectory(directory.resolve(kind + "-" + seed));
      this.random = new Random(seed);
    }

    private MortalHost host(KillSwitch life) {
      return new MortalHost(
          folder,
          service,
          life,
          kind == Kind.PURE_HOST ? Optional.empty() : Optional.of(notes),
          diary);
    }

    /** How many points a life without a kill has. */
    int points() throws Exception {
      var life = new KillSwitch(0);
      try (var _ = host(life)) {
        assertThat(service.awaitDone(PATIENCE)).isTrue();
      }
      assertThat(service.succeeded).isEqualTo(DEPLOYMENTS);
      assertThat(ran()).hasSize(6 - 1); // nothing to stop the first time
      return life.passed();
    }

    void run(int points) throws Exception {
      int lives = 1 + random.nextInt(3);
      for (int n = 0; n < lives && !service.done(); n++) {
        liveUntil(new KillSwitch(1 + random.nextInt(points)));
      }
      if (!service.done()) {
        liveUntil(new KillSwitch(0));
      }
      settleRest();
      check();
      delete(folder);
    }

    private void liveUntil(KillSwitch life) throws Exception {
      var host = host(life);
      long end = System.nanoTime() + PATIENCE * 1_000_000;
      while (!life.isDead() && !service.done() && System.nanoTime() < end) {
        life.awaitDeath(1);
      }
      assertThat(life.isDead() || service.done()).as("it went on until it was killed").isTrue();
      HostHarness.await("the last report is put away", () -> life.isDead() || settled());
      host.close();
      boolean died = life.isDead(); // asked once: a thread may still come to the chosen point
      if (!died) {
        return;
      }
      kills++;
      if (kind == Kind.RESUMING_WITHOUT_DISK && Files.exists(folder.resolve("root"))) {
        // Renamed, not deleted: a thread of the dead host may still be between two points.
        Files.move(folder.resolve("root"), folder.resolve("lost-" + kills));
      }
    }

    private boolean settled() {
      return notesOfCommands().isEmpty() && tracked() == 0;
    }

    /** One more agent, which finds only what has nothing to be done about any more. */
    private void settleRest() throws Exception {
      try (var _ = host(new KillSwitch(0))) {
        HostHarness.await("nothing is left", this::settled);
      }
    }

    private List<String> notesOfCommands() {
      return notes.keySet().stream().filter(name -> name.startsWith("command.")).toList();
    }

    private int tracked() {
      var files = folder.resolve("root/ongoing-deployment").toFile().list();
      return files == null ? 0 : files.length;
    }

    private void check() throws IOException {
      for (var entry : service.reports.entrySet()) {
        checkReports(entry.getKey(), entry.getValue());
      }
      assertThat(ran()).as("scripts that ran").doesNotHaveDuplicates();
      assertThat(diary.begun.stream().filter(step -> step.startsWith("failing")))
          .as("steps that must not be repeated")
          .doesNotHaveDuplicates();
      for (var step : new HashSet<>(diary.finished)) {
        assertThat(Collections.frequency(diary.finished, step)).isLessThanOrEqualTo(1 + kills);
      }
      checkStopOfTheSecond();
      checkMarkers();
    }

    private void checkReports(String command, List<Diagnostics> reports) {
      var first = reports.getFirst();
      if (kind == Kind.PURE_HOST) {
        assertThat(reports.stream().skip(1))
            .as("reports of %s after the first", command)
            .allMatch(later -> later.code() == DiagnosticCode.FAILED_AFTER_RESTART);
      } else {
        assertThat(reports).as("reports of %s", command).containsOnly(first);
      }
      assertThat(reports).as("reports of %s", command).hasSizeLessThanOrEqualTo(1 + kills);
      if (first.code() != DiagnosticCode.SUCCESS) {
        assertThat(first.code()).isEqualTo(DiagnosticCode.FAILED_AFTER_RESTART);
        if (kind != Kind.PURE_HOST) {
          assertThat(first.message()).contains("interrupted by an agent restart");
          assertThat(first.scriptName()).as("script or step of %s", command).isNotEmpty();
        }
      }
    }

    /** The second deployment stops what the first one installed, whatever became of the disk. */
    private void checkStopOfTheSecond() throws IOException {
      var stop = Optional.ofNullable(service.reports.get("d-2:ApplicationStop"));
      boolean stopped =
          stop.filter(reports -> reports.getFirst().code() == DiagnosticCode.SUCCESS).isPresent();
      if (stopped) {
        assertThat(ran()).contains("d-1 stop.sh d-2");
      }
      if (installed("d-1") && kind != Kind.PURE_HOST) {
        assertThat(stop).as("ApplicationStop of d-2 had work").isPresent();
      }
    }

    private boolean installed(String deployment) {
      return Optional.ofNullable(service.reports.get(deployment + ":Install"))
          .filter(reports -> reports.getFirst().code() == DiagnosticCode.SUCCESS)
          .isPresent();
    }

    /** A pure host may have installed and not said so: then either marker is right. */
    private boolean interruptedInInstall(String deployment) {
      return kind == Kind.PURE_HOST
          && service.reports.containsKey(deployment + ":Install")
          && !installed(deployment);
    }

    private void checkMarkers() {
      var last = DEPLOYMENTS.reversed().stream().filter(this::installed).findFirst();
      var paths = new DeploymentPaths(folder.resolve("root"));
      var marker = new DeploymentMarkers(paths).lastSuccessfulInstall("G");
      if (kind == Kind.RESUMING_WITHOUT_DISK) {
        last.ifPresent(
            deployment ->
                assertThat(
                        notes.entrySet().stream()
                            .filter(note -> note.getKey().startsWith("installed."))
                            .map(Map.Entry::getValue))
                    .singleElement()
                    .asString()
                    .contains("\"DeploymentId\":\"" + deployment + "\""));
      } else if (last.isPresent() && !interruptedInInstall("d-2")) {
        assertThat(marker).contains(paths.deployment("G", last.get()));
      }
    }

    private List<String> ran() throws IOException {
      var file = folder.resolve("ran.txt");
      return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }
  }

  /** Memory is let go after each schedule; what a dead host's thread still writes comes later. */
  private static void delete(Path folder) throws Exception {
    HostHarness.await("no dead host writes any more", () -> deleted(folder));
  }

  private static boolean deleted(Path folder) {
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
      return true;
    } catch (DirectoryNotEmptyException | NoSuchFileException | UncheckedIOException _) {
      return !Files.exists(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
