package io.kodedeploy.core.install;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Collects instructions and refuses those that contradict each other (host-agent.md 9.2). */
final class PlanBuilder {
  private final List<Instruction> instructions = new ArrayList<>();
  private final Map<Path, Path> copies = new LinkedHashMap<>();
  private final Set<Path> directories = new LinkedHashSet<>();

  /** A folder that will be made; asking twice is no error. */
  void makeDirectory(Path directory) {
    var source = copies.get(directory);
    if (source != null) {
      throw conflict(
          "The AppSpec file needs a directory at a location (%s) to which %s is copied"
              .formatted(directory, source));
    }
    if (directories.add(checked(directory))) {
      instructions.add(new Instruction.MakeDirectory(directory));
    }
  }

  void copy(Path source, Path target) {
    if (directories.contains(target)) {
      throw conflict(
          "The AppSpec file copies %s to a location (%s) that is made as a directory"
              .formatted(source, target));
    }
    var other = copies.putIfAbsent(checked(target), source);
    if (other != null) {
      throw conflict(
          "The AppSpec file specifies two source files, %s and %s, for the same destination (%s)"
              .formatted(other, source, target));
    }
    instructions.add(new Instruction.Copy(source, target));
  }

  void set(List<Instruction> settings) {
    instructions.addAll(settings);
  }

  boolean makes(Path directory) {
    return directories.contains(directory);
  }

  boolean copiesTo(Path target) {
    return copies.containsKey(target);
  }

  /** What is copied to that target. */
  Optional<Path> sourceOf(Path target) {
    return Optional.ofNullable(copies.get(target));
  }

  /** Targets of copies, in order. */
  Set<Path> targets() {
    return copies.keySet();
  }

  /** Folders made, in order. */
  Set<Path> directories() {
    return directories;
  }

  InstallPlan build() {
    return new InstallPlan(instructions);
  }

  /** The clean-up file has one name a line, and NUL marks a label in it. */
  private static Path checked(Path target) {
    var text = target.toString();
    if (text.indexOf('\n') >= 0 || text.indexOf('\0') >= 0) {
      throw new AgentException(
          ErrorCode.INSTALL_FAILED,
          "A name with a line break cannot be installed: " + text.replaceAll("\\p{Cntrl}", "?"));
    }
    return target;
  }

  static AgentException conflict(String message) {
    return new AgentException(ErrorCode.INSTALL_CONFLICT, message);
  }
}
