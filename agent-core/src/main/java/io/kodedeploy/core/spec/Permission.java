package io.kodedeploy.core.spec;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One entry of the AppSpec's {@code permissions} (host-agent.md 8.5).
 *
 * @param object installed file, or a directory
 * @param pattern which entries below a directory
 * @param except exclusions
 * @param kinds entries affected
 * @param mode three or four octal digits
 * @param acls access control entries; absent when none are asked for
 */
public record Permission(
    String object,
    String pattern,
    List<String> except,
    Set<Kind> kinds,
    Optional<String> owner,
    Optional<String> group,
    Optional<String> mode,
    Optional<List<AclEntry>> acls,
    Optional<SelinuxContext> context) {

  /** Kinds of installed entries. */
  public enum Kind {
    FILE,
    DIRECTORY
  }

  static final Set<Kind> ALL_KINDS = Set.copyOf(EnumSet.allOf(Kind.class));

  public Permission {
    except = List.copyOf(except);
    kinds = Set.copyOf(kinds);
    acls = acls.map(List::copyOf);
  }
}
