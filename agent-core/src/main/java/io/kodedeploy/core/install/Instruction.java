package io.kodedeploy.core.install;

import io.kodedeploy.core.spec.AclEntry;
import io.kodedeploy.core.spec.SelinuxContext;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** One thing Install does. */
sealed interface Instruction {

  /** Makes one folder whose parent is there. */
  record MakeDirectory(Path directory) implements Instruction {}

  /** Copies one file or link. */
  record Copy(Path source, Path destination) implements Instruction {}

  /** Sets permission bits, given as three or four octal digits. */
  record ChangeMode(String mode, Path file) implements Instruction {}

  /** Sets the access control list. */
  record SetAcl(List<AclEntry> acl, Path file) implements Instruction {}

  /** Sets the SELinux label. */
  record SetContext(SelinuxContext context, Path file) implements Instruction {}

  /** Sets owner, group or both. */
  record ChangeOwner(Optional<String> owner, Optional<String> group, Path file)
      implements Instruction {}
}
