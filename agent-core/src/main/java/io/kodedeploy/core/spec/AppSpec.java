package io.kodedeploy.core.spec;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A checked application specification (host-agent.md 8).
 *
 * @param file where it was read
 * @param os the platform it is for
 * @param files what Install copies
 * @param fileExistsBehavior overrides the deployment's choice
 * @param permissions what Install sets on what it copied
 * @param hooks scripts by lifecycle event, in the order of the file; events without a value are
 *     absent
 * @param kodedeploy our own section, unread
 */
public record AppSpec(
    Path file,
    String os,
    List<FileMapping> files,
    Optional<FileExistsBehavior> fileExistsBehavior,
    List<Permission> permissions,
    Map<String, List<Script>> hooks,
    Optional<SpecNode> kodedeploy) {

  public AppSpec {
    files = List.copyOf(files);
    permissions = List.copyOf(permissions);
    var copy = new LinkedHashMap<String, List<Script>>();
    hooks.forEach((event, scripts) -> copy.put(event, List.copyOf(scripts)));
    hooks = Collections.unmodifiableMap(copy);
  }

  /** The scripts of an event; empty when it has none. */
  public List<Script> scripts(String event) {
    return hooks.getOrDefault(event, List.of());
  }
}
