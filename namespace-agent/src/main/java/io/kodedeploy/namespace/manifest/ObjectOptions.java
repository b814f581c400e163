package io.kodedeploy.namespace.manifest;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * What the annotations of an object ask of this agent. Each is {@code "true"} or {@code "false"}.
 *
 * @param force {@code kodedeploy.io/force}: take its fields over from other managers
 * @param replace {@code kodedeploy.io/replace}: delete and create it when a field that cannot be
 *     changed differs
 * @param prune {@code kodedeploy.io/prune}: false leaves it in the cluster when it left the bundle
 */
public record ObjectOptions(boolean force, boolean replace, boolean prune) {
  public static final String FORCE = "kodedeploy.io/force";
  public static final String REPLACE = "kodedeploy.io/replace";
  public static final String PRUNE = "kodedeploy.io/prune";

  private static final String PREFIX = "kodedeploy.io/";
  private static final List<String> KNOWN = List.of(FORCE, REPLACE, PRUNE);

  /** Reads the annotations of an object, of a bundle or of the cluster. */
  public static ObjectOptions of(JsonNode object) {
    var annotations = object.path("metadata").path("annotations");
    return new ObjectOptions(
        annotations.path(FORCE).asString("").equals("true"),
        annotations.path(REPLACE).asString("").equals("true"),
        !annotations.path(PRUNE).asString("").equals("false"));
  }

  /** What is wrong with the annotations of a bundle's object: a typing error must not delete. */
  static List<String> problems(JsonNode object) {
    var problems = new ArrayList<String>();
    for (var entry : object.path("metadata").path("annotations").properties()) {
      var name = entry.getKey();
      if (!name.startsWith(PREFIX)) {
        continue;
      }
      var value = entry.getValue();
      if (!KNOWN.contains(name)) {
        problems.add(
            "metadata.annotations."
                + name
                + ": unknown annotation; known are "
                + String.join(", ", KNOWN));
      } else if (!value.isString() || !List.of("true", "false").contains(value.asString())) {
        problems.add("metadata.annotations." + name + ": expected \"true\" or \"false\", quoted");
      }
    }
    return problems;
  }
}
