package io.kodedeploy.core.install;

import io.kodedeploy.core.bundle.RevisionArchive;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.spec.DeploymentSpec;
import io.kodedeploy.core.spec.LifecycleEventRules;
import io.kodedeploy.core.store.AtomicFiles;
import io.kodedeploy.core.store.DeploymentMarkers;
import io.kodedeploy.core.store.DeploymentPaths;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The command Install (host-agent.md 9). Safe for several threads as long as no two work for one
 * deployment group.
 */
public final class Installer {
  private static final int PERMISSIONS = 07777;
  private static final UserPrincipalLookupService ACCOUNTS =
      FileSystems.getDefault().getUserPrincipalLookupService();

  private final DeploymentPaths paths;
  private final DeploymentMarkers markers;
  private final Tools tools;

  /**
   * An installer for one host.
   *
   * @param environment where its {@code PATH} leads, {@code setfacl} and the SELinux tools are
   *     found
   */
  public Installer(DeploymentPaths paths, Map<String, String> environment) {
    this.paths = paths;
    this.markers = new DeploymentMarkers(paths);
    this.tools = new Tools(environment);
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
    var appSpec = RevisionArchive.appSpec(archive, spec.appSpecFilename());
    LifecycleEventRules.check(spec, appSpec);
    try {
      Files.createDirectories(paths.instructions());
      CleanupFile.undo(paths.cleanup(group), tools);
      var plan = Planner.plan(appSpec, archive, spec.fileExistsBehavior());
      AtomicFiles.write(paths.installInstructions(group), plan.json());
      try (var cleanup = CleanupFile.begin(paths.cleanup(group))) {
        for (var instruction : plan.instructions()) {
          if (Thread.interrupted()) {
            throw new InterruptedException("install was interrupted");
          }
          execute(instruction, cleanup);
        }
      }
    } catch (IOException e) {
      throw failed(e);
    }
    markers.installed(group, deployment);
  }

  private void execute(Instruction instruction, CleanupFile cleanup)
      throws IOException, InterruptedException {
    switch (instruction) {
      case Instruction.MakeDirectory(var directory) -> {
        Files.createDirectory(directory);
        cleanup.installed(directory);
      }
      case Instruction.Copy(var source, var destination) -> {
        cleanup.installed(destination);
        FileCopy.copy(source, destination);
      }
      case Instruction.ChangeMode(var mode, var file) ->
          Files.setAttribute(file, "unix:mode", Integer.parseInt(mode, 8));
      case Instruction.SetAcl(var acl, var file) -> {
        var mode = (Integer) Files.getAttribute(file, "unix:mode");
        tools.run(AclCommand.of(acl, mode & PERMISSIONS, file));
      }
      case Instruction.SetContext label -> {
        var real = label.file().toRealPath();
        tools.run(labelling(label, real));
        tools.run(List.of("restorecon", "-v", real.toString()));
        cleanup.labelled(real);
      }
      case Instruction.ChangeOwner(var owner, var group, var file) -> {
        var view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        if (owner.isPresent()) {
          view.setOwner(known("user", owner.get(), ACCOUNTS::lookupPrincipalByName));
        }
        if (group.isPresent()) {
          view.setGroup(known("group", group.get(), ACCOUNTS::lookupPrincipalByGroupName));
        }
      }
    }
  }

  private interface Lookup<T> {
    T byName(String name) throws IOException;
  }

  private static <T> T known(String kind, String name, Lookup<T> lookup) throws IOException {
    try {
      return lookup.byName(name);
    } catch (UserPrincipalNotFoundException e) {
      throw new IOException("this host has no " + kind + " " + name, e);
    }
  }

  private static List<String> labelling(Instruction.SetContext label, Path real) {
    var vector = new ArrayList<>(List.of("semanage", "fcontext", "-a"));
    label.context().user().ifPresent(user -> vector.addAll(List.of("-s", user)));
    vector.addAll(List.of("-t", label.context().type()));
    label.context().range().ifPresent(range -> vector.addAll(List.of("-r", range)));
    vector.add(real.toString());
    return vector;
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
    return text.contains("No space left on device")
        ? new AgentException(ErrorCode.DISK_FULL, "The disk is (or was) full: " + text, e)
        : new AgentException(ErrorCode.INSTALL_FAILED, "Install failed: " + text, e);
  }
}
