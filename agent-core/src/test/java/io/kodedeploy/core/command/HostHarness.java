package io.kodedeploy.core.command;

import io.kodedeploy.core.conformance.Settings;
import io.kodedeploy.core.conformance.SigningKey;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.spec.DeploymentSpec;
import io.kodedeploy.core.store.DeploymentMarkers;
import io.kodedeploy.core.store.DeploymentPaths;
import io.kodedeploy.core.store.DurableNotes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A host on a folder of its own, with a fake service and bundles that are written on the spot. */
final class HostHarness implements AutoCloseable {
  final FakeCommandService service = new FakeCommandService();
  final DeploymentPaths paths;
  final List<String> heard = new CopyOnWriteArrayList<>();
  private final Path directory;
  private final Thread thread;
  final Host host;

  HostHarness(Path directory, String settings, boolean scripts, LifecycleStep... steps) {
    this(directory, settings, scripts, Acceptance.ANY, Optional.empty(), steps);
  }

  HostHarness(
      Path directory,
      String settings,
      boolean scripts,
      Acceptance acceptance,
      Optional<DurableNotes> notes,
      LifecycleStep... steps) {
    this.directory = directory;
    SigningKey.sign("{}"); // made here, not on the host's thread
    var config = Settings.agent(directory, settings);
    this.paths =
        new DeploymentPaths(
            config.rootDirectory(), config.trackingDirectory(), config.programName());
    this.host =
        new Host(
            new HostSettings(config, Map.of("PATH", "/usr/bin:/bin"), scripts, acceptance, notes),
            Settings.identity(),
            service,
            new WrittenBundles(),
            List.of(steps),
            new Hearing(),
            Clock.systemUTC());
    this.thread =
        Thread.ofPlatform()
            .name("host")
            .unstarted(
                () -> {
                  try {
                    host.run();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
  }

  HostHarness start() {
    thread.start();
    return this;
  }

  /** A revision as it lies on disk after DownloadBundle. */
  Path revision(String group, String deployment, String appSpec, Map<String, String> files) {
    var folder = paths.deployment(group, deployment);
    var archive = DeploymentPaths.archive(folder);
    try {
      Files.createDirectories(archive);
      Files.writeString(archive.resolve("appspec.yml"), appSpec);
      for (var file : files.entrySet()) {
        Files.writeString(archive.resolve(file.getKey()), file.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return folder;
  }

  void installed(String group, Path deployment) {
    new DeploymentMarkers(paths).installed(group, deployment);
  }

  static String appSpec(String hooks) {
    return "version: 0.0\nos: linux\n" + hooks;
  }

  Path directory() {
    return directory;
  }

  static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + 20_000_000_000L;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not within 20 s: " + what);
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Override
  public void close() {
    host.stop();
    try {
      thread.join(20_000);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
    host.close();
  }

  private final class Hearing implements HostListener {
    @Override
    public void commandStarted(CommandInfo command) {
      heard.add("started " + command.event());
    }

    @Override
    public void commandFinished(CommandInfo command, CommandOutcome outcome) {
      heard.add("finished " + command.event() + " " + outcome.succeeded());
    }

    @Override
    public void commandSkipped(CommandInfo command) {
      heard.add("skipped " + command.event());
    }

    @Override
    public void deploymentFinished(DeploymentSpec spec, boolean succeeded) {
      heard.add("deployment " + spec.deploymentId() + " " + succeeded);
    }

    @Override
    public void polled(PollResult result) {
      if (result instanceof PollResult.Failed(_, var reason)) {
        heard.add("poll failed: " + reason);
      }
    }
  }

  /** DownloadBundle and Install that need no network. */
  private final class WrittenBundles implements BuiltInEvents {
    @Override
    public String downloadBundle(DeploymentSpec spec) {
      var deployment = paths.deployment(spec.deploymentGroupId(), spec.deploymentId());
      if (!Files.exists(DeploymentPaths.archive(deployment))) {
        throw new AgentException(
            ErrorCode.UNEXPECTED, "no bundle was written for " + spec.deploymentId());
      }
      new DeploymentMarkers(paths).downloaded(spec.deploymentGroupId(), deployment);
      return "BundleSource=downloaded";
    }

    @Override
    public void install(DeploymentSpec spec) {
      installed(
          spec.deploymentGroupId(),
          paths.deployment(spec.deploymentGroupId(), spec.deploymentId()));
    }
  }
}
