package io.kodedeploy.core.command;

import io.kodedeploy.core.conformance.Settings;
import io.kodedeploy.core.spec.DeploymentSpec;
import io.kodedeploy.core.store.DeploymentMarkers;
import io.kodedeploy.core.store.DeploymentPaths;
import io.kodedeploy.core.store.DurableNotes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One life of an agent: a host whose every visible deed may be its last. */
final class MortalHost implements AutoCloseable {
  /** Scripts of every bundle: each writes who ran it, for which deployment. */
  private static final Map<String, List<String>> SCRIPTS =
      Map.of(
          "ApplicationStop", List.of("stop.sh"),
          "BeforeInstall", List.of("before-1.sh", "before-2.sh"));

  /** What steps did, over all lives. */
  static final class Diary {
    final List<String> begun = new ArrayList<>();
    final List<String> finished = new ArrayList<>();
  }

  private final KillSwitch life;
  private final Path ran;
  private final DeploymentPaths paths;
  private final Host host;

  MortalHost(
      Path directory,
      ServiceOfRecord service,
      KillSwitch life,
      Optional<Map<String, String>> notes,
      Diary diary) {
    this.life = life;
    this.ran = directory.resolve("ran.txt");
    var config =
        Settings.agent(
            directory, "kill_agent_max_wait_time_seconds: 0\nenable_deployments_log: false");
    this.paths = new DeploymentPaths(config.rootDirectory());
    this.host =
        new Host(
            new HostSettings(
                config,
                Map.of("PATH", "/usr/bin:/bin"),
                true,
                Acceptance.ANY,
                notes.map(store -> new Notes(store, life))),
            Settings.identity(),
            service.line(life),
            new Bundles(),
            List.of(
                new Step("continuing", "AfterInstall", LifecycleStep.Interruption.CONTINUE, diary),
                new Step("failing", "ValidateService", LifecycleStep.Interruption.FAIL, diary)),
            HostListener.NOOP,
            Clock.systemUTC());
    Thread.ofPlatform()
        .daemon()
        .name("mortal-host")
        .start(
            () -> {
              try {
                host.run();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  /** Lets go of the state folder, as the system does for a dead process. */
  @Override
  public void close() {
    host.close();
  }

  private final class Bundles implements BuiltInEvents {
    @Override
    public String downloadBundle(DeploymentSpec spec) {
      life.point();
      var deployment = paths.deployment(spec.deploymentGroupId(), spec.deploymentId());
      var archive = DeploymentPaths.archive(deployment);
      try {
        Files.createDirectories(archive);
        var appSpec = new StringBuilder("version: 0.0\nos: linux\nhooks:\n");
        for (var event : new TreeMap<>(SCRIPTS).entrySet()) {
          appSpec.append("  ").append(event.getKey()).append(":\n");
          for (var script : event.getValue()) {
            appSpec.append("    - location: ").append(script).append('\n');
            var file = archive.resolve(script);
            Files.writeString(
                file,
                "#!/bin/sh\necho %s %s $DEPLOYMENT_ID >> %s\n"
                    .formatted(spec.deploymentId(), script, ran));
            Files.setAttribute(file, "unix:mode", 0755);
          }
        }
        Files.writeString(archive.resolve("appspec.yml"), appSpec);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      life.point();
      new DeploymentMarkers(paths).downloaded(spec.deploymentGroupId(), deployment);
      life.point();
      return "BundleSource=downloaded";
    }

    @Override
    public void install(DeploymentSpec spec) {
      life.point();
      new DeploymentMarkers(paths)
          .installed(
              spec.deploymentGroupId(),
              paths.deployment(spec.deploymentGroupId(), spec.deploymentId()));
      life.point();
    }
  }

  private final class Step implements LifecycleStep {
    private final String name;
    private final String event;
    private final Interruption interruption;
    private final Diary diary;

    Step(String name, String event, Interruption interruption, Diary diary) {
      this.name = name;
      this.event = event;
      this.interruption = interruption;
      this.diary = diary;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Interruption interruption() {
      return interruption;
    }

    @Override
    public boolean hasWork(LifecycleEvent asked, StepContext context) {
      return asked.name().equals(event);
    }

    @Override
    public void run(LifecycleEvent asked, StepContext context) {
      synchronized (diary) {
        diary.begun.add(name + " " + context.spec().deploymentId());
      }
      life.point();
      synchronized (diary) {
        diary.finished.add(name + " " + context.spec().deploymentId());
      }
      life.point();
    }
  }

  /** Notes outside the disk, as in a ConfigMap. */
  private record Notes(Map<String, String> store, KillSwitch life) implements DurableNotes {
    @Override
    public Map<String, String> all() {
      life.point();
      return Map.copyOf(store);
    }

    @Override
    public void put(String name, String text) {
      life.point();
      store.put(name, text);
      life.point();
    }

    @Override
    public void remove(String name) {
      life.point();
      store.remove(name);
      life.point();
    }
  }
}
