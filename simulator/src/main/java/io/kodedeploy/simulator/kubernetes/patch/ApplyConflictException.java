package io.kodedeploy.simulator.kubernetes.patch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A server-side apply wants fields that other managers own with other values. */
public final class ApplyConflictException extends RuntimeException {
  private final transient List<Cause> causes;

  ApplyConflictException(Map<Manager, FieldSet> conflicts) {
    super(message(conflicts));
    causes = causes(conflicts);
  }

  /** One cause a field. */
  public List<Cause> causes() {
    return causes;
  }

  /** A contested field. */
  public record Cause(String message, String field) {}

  private static List<Cause> causes(Map<Manager, FieldSet> conflicts) {
    var causes = new ArrayList<Cause>();
    conflicts.forEach(
        (manager, fields) -> {
          for (var path : fields.paths()) {
            causes.add(new Cause("conflict with " + manager.spoken(), path));
          }
        });
    return List.copyOf(causes);
  }

  /** The words of k8s.io/apimachinery, managedfields/internal/conflict.go. */
  private static String message(Map<Manager, FieldSet> conflicts) {
    var causes = causes(conflicts);
    if (causes.size() == 1) {
      var only = causes.getFirst();
      return "Apply failed with 1 conflict: " + only.message() + ": " + only.field();
    }
    var byManager = new TreeMap<String, List<String>>();
    conflicts.forEach(
        (manager, fields) ->
            byManager
                .computeIfAbsent(manager.spoken(), _ -> new ArrayList<>())
                .addAll(fields.paths()));
    var lines = new ArrayList<String>();
    byManager.forEach(
        (manager, paths) -> {
          lines.add("conflicts with " + manager + ":");
          paths.forEach(path -> lines.add("- " + path));
        });
    return "Apply failed with " + causes.size() + " conflicts: " + String.join("\n", lines);
  }
}
