package io.kodedeploy.core.install;

import io.kodedeploy.core.config.BundleRules;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.spec.AclEntry;
import io.kodedeploy.core.spec.Permission;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * Applies the AppSpec's permissions to what a plan installs (host-agent.md 8.5, 9.2). What was
 * there before is never touched.
 */
final class PermissionPlanner {
  private static final int MOST_LINKS = 40; // as Linux

  private final PlanBuilder plan;
  private final BundleRules rules;
  private final NavigableMap<String, Integer> files;
  private final NavigableMap<String, Integer> directories;
  private final Set<Path> set = new HashSet<>();

  PermissionPlanner(PlanBuilder plan, BundleRules rules) {
    this.plan = plan;
    this.rules = rules;
    this.files = numbered(plan.targets());
    this.directories = numbered(plan.directories());
  }

  void add(List<Permission> permissions) {
    permissions.forEach(this::add);
  }

  private void add(Permission permission) {
    var object = HostPath.of(permission.object());
    if (plan.copiesTo(object)) {
      if (permission.kinds().contains(Permission.Kind.FILE)) {
        checkFile(permission);
        set(permission, object, true);
      }
      return;
    }
    if (!plan.makes(object) && !Files.isDirectory(object)) {
      return;
    }
    if (permission.kinds().contains(Permission.Kind.FILE)) {
      below(object, permission, files).forEach(file -> set(permission, file, true));
    }
    if (permission.kinds().contains(Permission.Kind.DIRECTORY)) {
      below(object, permission, directories).forEach(folder -> set(permission, folder, false));
    }
  }

  private static void checkFile(Permission permission) {
    if (!permission.pattern().equals("**")) {
      throw refused(
          "The permission for the file (%s) has the pattern (%s), but only ** fits a file"
              .formatted(permission.object(), permission.pattern()));
    }
    if (!permission.except().isEmpty()) {
      throw refused(
          "The permission for the file (%s) has exceptions (%s), but they fit only directories"
              .formatted(permission.object(), String.join(", ", permission.except())));
    }
  }

  private void set(Permission permission, Path path, boolean file) {
    var acl = permission.acls().orElse(List.of());
    if (file && acl.stream().anyMatch(AclEntry::defaultEntry)) {
      throw refused(
          "The permission for (%s) has a default acl entry, but (%s) is a file"
              .formatted(permission.object(), path));
    }
    if (!set.add(path)) {
      throw PlanBuilder.conflict(
          "The AppSpec file has more than one permissions setting for (" + path + ")");
    }
    if (rules.rejectSymlinkPermissionTargets()) {
      checkLink(path);
    }
    var settings = new ArrayList<Instruction>();
    permission.mode().ifPresent(mode -> settings.add(new Instruction.ChangeMode(mode, path)));
    permission.acls().ifPresent(entries -> settings.add(new Instruction.SetAcl(entries, path)));
    permission.context().ifPresent(label -> settings.add(new Instruction.SetContext(label, path)));
    if (permission.owner().isPresent() || permission.group().isPresent()) {
      settings.add(new Instruction.ChangeOwner(permission.owner(), permission.group(), path));
    }
    plan.set(settings);
  }

  /**
   * Settings follow a link. One that leads to something else that is installed does no harm; of
   * anything else the permissions are not the bundle's to change.
   */
  private void checkLink(Path path) {
    var at = path;
    try {
      for (var links = 0; links < MOST_LINKS; links++) {
        // a link that is installed, or one of the host, through which a file will be written
        var link = plan.sourceOf(at).filter(Files::isSymbolicLink).orElse(at);
        if (!Files.isSymbolicLink(link)) {
          if (at.equals(path) || plan.copiesTo(at) || plan.makes(at)) {
            return;
          }
          break;
        }
        at = at.resolveSibling(Files.readSymbolicLink(link)).normalize();
      }
    } catch (IOException e) {
      throw new AgentException(
          ErrorCode.INSTALL_FAILED, "The link " + at + " cannot be read: " + e, e);
    }
    throw refused(
        ("The permissions setting for (%s) would change (%s), to which a symbolic link leads and"
                + " which is not installed by this deployment (rule"
                + " reject_symlink_permission_targets: false follows the link)")
            .formatted(path, at));
  }

  /** What matches below a folder, in the order of installation. */
  private static List<Path> below(
      Path object, Permission permission, NavigableMap<String, Integer> entries) {
    var prefix = object.toString().equals("/") ? "/" : object + "/";
    return entries.tailMap(prefix, false).entrySet().stream()
        .takeWhile(entry -> entry.getKey().startsWith(prefix))
        .filter(
            entry -> Glob.matches(permission.pattern(), entry.getKey().substring(prefix.length())))
        .filter(
            entry ->
                permission.except().stream()
                    .noneMatch(
                        except -> Glob.matches(except, entry.getKey().substring(prefix.length()))))
        .sorted(Comparator.comparing(Map.Entry::getValue))
        .map(entry -> Path.of(entry.getKey()))
        .toList();
  }

  private static NavigableMap<String, Integer> numbered(Set<Path> paths) {
    var numbers = new TreeMap<String, Integer>();
    paths.forEach(path -> numbers.put(path.toString(), numbers.size()));
    return numbers;
  }

  private static AgentException refused(String message) {
    return new AgentException(ErrorCode.INSTALL_CONFLICT, message);
  }
}
