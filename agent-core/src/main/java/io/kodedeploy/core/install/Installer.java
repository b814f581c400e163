package io.kodedeploy.core.install;

import io.kodedeploy.core.bundle.Failures;
import io.kodedeploy.core.bundle.FileWorkers;
import io.kodedeploy.core.bundle.RevisionArchive;
import io.kodedeploy.core.config.BundleRules;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.spec.AppSpec;
import io.kodedeploy.core.spec.DeploymentSpec;
import io.kodedeploy.core.spec.FileExistsBehavior;
import io.kodedeploy.core.spec.LifecycleEventRules;
import io.kodedeploy.core.store.DeploymentMarkers;
import io.kodedeploy.core.store.DeploymentPaths;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The command Install (host-agent.md 9). Safe for several threads as long as no two work for one
 * deployment group.
 */
public final class Installer {
  private final DeploymentPaths paths;
  private final DeploymentMarkers markers;
  private final Tools tools;
  private final BundleRules rules;

  /**
   * An installer for one host.
   *
   * @param environment where its {@code PATH} leads, {@code setfacl} and the SELinux tools are
   *     found
   * @param rules what an AppSpec may ask for
   */
  public Installer(DeploymentPaths paths, Map<String, String> environment, BundleRules rules) {
    this.rules = rules;
    this.paths = paths;
    this.markers = new DeploymentMarkers(paths);
    this.tools = new Tools(environment);
  }

  /**
   * An installer for a place that lives no longer than what is installed there, {@link #runFor}
   * alone.
   */
  public Installer(Map<String, String> environment, BundleRules rules) {
    this(new DeploymentPaths(Path.of("")), environment, rules);
  }

  /**
   * Removes what the group installed last, installs the deployment's revision and marks it as the
   * last successful one.
   *
   * @throws AgentException with the reason the operator is told; what was installed until then is
   *     noted for the next Install
   * @throws InterruptedException if the agent is stopping; as above
   */
  public void run(DeploymentSpec spec) throws InterruptedException {
    var group = spec.deploymentGroupId();
    var deployment = paths.deployment(group, spec.deploymentId());
    var archive = DeploymentPaths.archive(deployment);
    var appSpec = checked(spec, archive);
    try {
      Files.createDirectories(paths.instructions());
      CleanupFile.undo(paths.cleanup(group), tools);
      var plan = Planner.plan(appSpec, archive, spec.fileExistsBehavior(), rules);
      plan.write(paths.installInstructions(group));
      carryOut(plan, paths.cleanup(group));
    } catch (ClosedByInterruptException _) {
      throw new InterruptedException("install was interrupted");
    } catch (IOException e) {
      throw failed(e);
    }
    markers.installed(group, deployment);
  }

  /**
   * Checks the deployment's revision and marks it as the last successful one; its files are
   * installed by {@link #runFor} where its scripts run.
   *
   * @throws AgentException with what can be refused by the AppSpec alone
   */
  public void leaveToScripts(DeploymentSpec spec) {
    var deployment = paths.deployment(spec.deploymentGroupId(), spec.deploymentId());
    checked(spec, DeploymentPaths.archive(deployment));
    markers.installed(spec.deploymentGroupId(), deployment);
  }

  private AppSpec checked(DeploymentSpec spec, Path archive) {
    var appSpec = RevisionArchive.appSpec(archive, spec.appSpecFilename());
    LifecycleEventRules.check(spec, appSpec);
    Planner.check(appSpec, archive, rules);
    return appSpec;
  }

  /**
   * Installs a revision in a place that nothing was installed in before and that lives no longer
   * than its scripts.
   *
   * @param behavior what becomes of files that are there, unless the AppSpec says it
   * @param work folder for notes
   * @throws AgentException as {@link #run} does
   */
  public void runFor(AppSpec appSpec, Path archive, FileExistsBehavior behavior, Path work)
      throws InterruptedException {
    Planner.check(appSpec, archive, rules);
    try {
      carryOut(
          Planner.plan(appSpec, archive, behavior, rules), Files.createTempFile(work, "c", ""));
    } catch (ClosedByInterruptException _) {
      throw new InterruptedException("install was interrupted");
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private void carryOut(InstallPlan plan, Path notes) throws IOException, InterruptedException {
    try (var cleanup = CleanupFile.begin(notes)) {
      copy(plan, cleanup);
      new Settings(tools, cleanup).apply(plan.instructions());
    }
  }

  /** Folders in order, files by several threads, then what was found in a file's place. */
  private void copy(InstallPlan plan, CleanupFile cleanup)
      throws IOException, InterruptedException {
    var occupied = new ConcurrentSkipListMap<Integer, Instruction.Copy>();
    try (var workers = FileWorkers.forThisHost()) {
      var number = 0;
      for (var instruction : plan.instructions()) {
        checkInterrupt();
        number++;
        switch (instruction) {
          case Instruction.MakeDirectory(var directory) -> {
            Files.createDirectory(directory);
            cleanup.installed(directory);
          }
          case Instruction.Copy copy -> copy(copy, number, workers, occupied, cleanup);
          default -> {}
        }
      }
      workers.drain();
    }
    for (var copy : occupied.values()) {
      checkInterrupt();
      FileCopy.copy(copy.source(), copy.destination());
    }
  }

  private static void copy(
      Instruction.Copy copy,
      int number,
      FileWorkers workers,
      Map<Integer, Instruction.Copy> occupied,
      CleanupFile cleanup)
      throws IOException, InterruptedException {
    workers.awaitRoom(); // what is noted is begun, whatever fails meanwhile
    cleanup.installed(copy.destination());
    workers.submit(
        () -> {
          if (!FileCopy.copyNew(copy.source(), copy.destination())) {
            occupied.put(number, copy);
          }
        });
  }

  private static void checkInterrupt() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("install was interrupted");
    }
  }

  private static AgentException failed(IOException e) {
    var text =
        switch (e) {
          case NoSuchFileException missing -> "No such file or directory - " + missing.getFile();
          case FileSystemException refused -> {
            var reason = refused.getReason();
            yield (reason == null ? refused.getClass().getSimpleName() : reason)
                + " - "
                + refused.getFile();
          }
          default -> String.valueOf(e.getMessage());
        };
    return Failures.isDiskFull(e)
        ? new AgentException(ErrorCode.DISK_FULL, "The disk is (or was) full: " + text, e)
        : new AgentException(ErrorCode.INSTALL_FAILED, "Install failed: " + text, e);
  }
}
