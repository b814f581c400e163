package io.kodedeploy.core.install;

import io.kodedeploy.core.config.BundleRules;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.spec.AppSpec;
import io.kodedeploy.core.spec.FileExistsBehavior;
import io.kodedeploy.core.spec.FileMapping;
import io.kodedeploy.core.spec.SelinuxContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Works out an Install (host-agent.md 9.2). Looks at archive and host and changes neither; sources
 * are walked in the order of their names (FIX 12).
 */
final class Planner {
  private static final int MOST_NAMED = 20;
  private static final String UNCONFINED = "unconfined_";

  private final Path archive;
  private final FileExistsBehavior behavior;
  private final PlanBuilder plan = new PlanBuilder();
  private final Set<Path> existing = new HashSet<>();
  private final Deque<Path> walked = new ArrayDeque<>();
  private final List<Path> conflicts = new ArrayList<>();

  private Planner(Path archive, FileExistsBehavior behavior) {
    this.archive = archive.toAbsolutePath().normalize();
    this.behavior = behavior;
  }

  /**
   * The plan of an AppSpec.
   *
   * @param chosen the deployment's behaviour, unless the AppSpec has its own
   * @throws AgentException with {@link ErrorCode#INSTALL_CONFLICT} or {@link
   *     ErrorCode#INSTALL_FAILED}
   */
  static InstallPlan plan(
      AppSpec appSpec, Path archive, FileExistsBehavior chosen, BundleRules rules) {
    var planner = new Planner(archive, appSpec.fileExistsBehavior().orElse(chosen));
    try {
      for (var mapping : appSpec.files()) {
        planner.add(mapping);
      }
    } catch (IOException e) {
      throw new AgentException(ErrorCode.INSTALL_FAILED, "Install cannot be planned: " + e, e);
    }
    planner.refuseConflicts();
    new PermissionPlanner(planner.plan, rules).add(appSpec.permissions());
    return planner.plan.build();
  }

  /**
   * Refuses what can be refused by the AppSpec alone, so that the last installation is still there.
   *
   * @throws AgentException with {@link ErrorCode#INSTALL_FAILED}
   */
  static void check(AppSpec appSpec, Path archive, BundleRules rules) {
    for (var mapping : appSpec.files()) {
      source(archive.toAbsolutePath().normalize(), mapping);
      HostPath.of(mapping.destination());
    }
    for (var permission : appSpec.permissions()) {
      HostPath.of(permission.object());
      if (rules.rejectUnconfinedSelinux()) {
        permission.context().ifPresent(context -> checkConfined(permission.object(), context));
      }
    }
  }

  private static void checkConfined(String object, SelinuxContext context) {
    if (context.type().startsWith(UNCONFINED)
        || context.user().filter(user -> user.startsWith(UNCONFINED)).isPresent()) {
      throw new AgentException(
          ErrorCode.INSTALL_FAILED,
          ("The permissions setting for (%s) asks for an unconfined SELinux context (type %s, user"
                  + " %s) (rule reject_unconfined_selinux_in_bundle: false allows it)")
              .formatted(object, context.type(), context.user().orElse("none")));
    }
  }

  private static Path source(Path archive, FileMapping mapping) {
    var source = archive.resolve(mapping.source().replaceFirst("^/+", "")).normalize();
    if (!source.startsWith(archive)) {
      throw new AgentException(
          ErrorCode.INSTALL_FAILED,
          "The source (" + mapping.source() + ") of the AppSpec file leaves the bundle");
    }
    return source;
  }

  private void add(FileMapping mapping) throws IOException {
    var source = source(archive, mapping);
    var destination = HostPath.of(mapping.destination());
    makeAncestors(destination);
    if (Files.isDirectory(source)) {
      walk(source, destination);
    } else {
      if (!isDirectory(destination)) {
        plan.makeDirectory(destination);
      }
      copy(source, destination.resolve(source.getFileName()), plan.makes(destination));
    }
  }

  private void walk(Path folder, Path destination) throws IOException {
    var real = folder.toRealPath();
    if (walked.contains(real)) {
      throw new AgentException(
          ErrorCode.INSTALL_FAILED, "The link " + folder + " leads back into its own folder");
    }
    walked.push(real);
    if (!isDirectory(destination)) {
      plan.makeDirectory(destination);
    }
    List<Path> entries;
    try (var listed = Files.list(folder)) {
      entries = listed.sorted().toList();
    }
    for (var entry : entries) {
      var target = destination.resolve(entry.getFileName());
      if (Files.isDirectory(entry)) {
        walk(entry, target);
      } else {
        copy(entry, target, plan.makes(destination));
      }
    }
    walked.pop();
  }

  private void copy(Path source, Path target, boolean inNewFolder) {
    if (!inNewFolder && Files.exists(target)) {
      if (behavior.equals(FileExistsBehavior.RETAIN)) {
        return;
      }
      if (behavior.equals(FileExistsBehavior.DISALLOW)) {
        conflicts.add(target);
        return;
      }
      if (!behavior.equals(FileExistsBehavior.OVERWRITE)) {
        throw PlanBuilder.conflict(
            "An invalid option was specified for fileExistsBehavior: " + behavior);
      }
    }
    plan.copy(source, target);
  }

  /** All of them at once, the first in the words of the official agent. */
  private void refuseConflicts() {
    if (conflicts.isEmpty()) {
      return;
    }
    var message =
        new StringBuilder("The deployment failed because a specified file already exists at this")
            .append(" location: ")
            .append(conflicts.getFirst());
    if (conflicts.size() > 1) {
      message.append(" (and ").append(conflicts.size() - 1).append(" more:");
      conflicts.stream()
          .skip(1)
          .limit(MOST_NAMED)
          .forEach(path -> message.append(' ').append(path));
      message.append(conflicts.size() > MOST_NAMED + 1 ? " ...)" : ")");
    }
    throw PlanBuilder.conflict(message.toString());
  }

  /** Every ancestor that is not there now, outermost first. */
  private void makeAncestors(Path path) {
    var missing = new ArrayDeque<Path>();
    for (var parent = path.getParent(); parent != null; parent = parent.getParent()) {
      if (plan.makes(parent) || !existing.add(parent)) {
        break;
      }
      if (Files.exists(parent)) {
        break;
      }
      existing.remove(parent);
      missing.push(parent);
    }
    missing.forEach(plan::makeDirectory);
  }

  private boolean isDirectory(Path path) {
    if (existing.contains(path)) {
      return true;
    }
    var there = Files.isDirectory(path);
    if (there) {
      existing.add(path);
    }
    return there;
  }
}
