package io.kodedeploy.simulator.conformance;

import io.kodedeploy.simulator.wire.Json;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** Values that steps refer to: a text that is only {@code ${name}} becomes the value itself. */
final class Variables {
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{([A-Za-z0-9]+)}");

  private final Map<String, JsonNode> values = new HashMap<>();

  Variables() {
    for (var name : new String[] {"R1", "R2", "R3"}) {
      put(name, revision(name.toLowerCase(java.util.Locale.ROOT) + ".zip"));
    }
    put("g2", group("g2"));
    put("x101", StringNode.valueOf("x".repeat(101)));
    put("x257", StringNode.valueOf("x".repeat(257)));
    put("role", StringNode.valueOf("arn:aws:iam::123456789012:role/codedeploy"));
    put("user", StringNode.valueOf("arn:aws:iam::123456789012:user/"));
    put("session", StringNode.valueOf("arn:aws:sts::123456789012:assumed-role/fleet/"));
    var names = Json.array();
    for (int i = 0; i < 101; i++) {
      names.add("name" + i);
    }
    put("names101", names);
  }

  private static ObjectNode revision(String key) {
    var revision = Json.object().put("revisionType", "S3");
    revision.putObject("s3Location").put("bucket", "b").put("key", key).put("bundleType", "zip");
    return revision;
  }

  /** CreateDeploymentGroup for what is tagged {@code env=prod}. */
  static ObjectNode group(String name) {
    var group =
        Json.object()
            .put("applicationName", "app")
            .put("deploymentGroupName", name)
            .put("serviceRoleArn", "arn:aws:iam::123456789012:role/codedeploy");
    group
        .putObject("onPremisesTagSet")
        .putArray("onPremisesTagSetList")
        .addArray()
        .addObject()
        .put("Key", "env")
        .put("Value", "prod")
        .put("Type", "KEY_AND_VALUE");
    return group;
  }

  void put(String name, JsonNode value) {
    values.put(name, value);
  }

  JsonNode get(String name) {
    var value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("no variable " + name);
    }
    return value;
  }

  /** A copy with every reference replaced. */
  JsonNode fill(JsonNode node) {
    return switch (node) {
      case ObjectNode object -> {
        var copy = Json.object();
        object.forEachEntry((name, value) -> copy.set(name, fill(value)));
        yield copy;
      }
      case ArrayNode array -> {
        var copy = Json.array();
        array.forEach(value -> copy.add(fill(value)));
        yield copy;
      }
      case StringNode text -> fill(text.stringValue());
      default -> node;
    };
  }

  private JsonNode fill(String text) {
    var match = REFERENCE.matcher(text);
    return match.matches()
        ? get(match.group(1))
        : StringNode.valueOf(
            REFERENCE
                .matcher(text)
                .replaceAll(
                    m -> java.util.regex.Matcher.quoteReplacement(get(m.group(1)).asString())));
  }
}
