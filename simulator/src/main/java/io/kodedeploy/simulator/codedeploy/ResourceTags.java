package io.kodedeploy.simulator.codedeploy;

import io.kodedeploy.simulator.wire.Json;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/** Tags of applications and groups. Called under the lock of {@link State}. */
final class ResourceTags {
  private final State state;

  ResourceTags(State state) {
    this.state = state;
  }

  /** Reads {@code tags} of a request; no member means no tags. */
  static Map<String, String> parse(Input input) {
    return parse(input.objects("tags").orElse(List.of()));
  }

  private static Map<String, String> parse(List<Input> list) {
    var tags = new TreeMap<String, String>();
    for (var tag : list) {
      var key = tag.text("Key").orElse("");
      if (key.isEmpty() || key.startsWith("aws:") || key.length() > 128) {
        throw invalid("bad key: " + key);
      }
      if (tags.put(key, tag.text("Value").orElse("")) != null) {
        throw invalid("duplicate key: " + key);
      }
    }
    if (tags.size() > 50) {
      throw invalid("more than 50 tags");
    }
    return tags;
  }

  private static RuntimeException invalid(String why) {
    return Refusal.of("InvalidTagsToAdd", "The tags are not valid: " + why);
  }

  ObjectNode tag(Input input) {
    var tags = parse(input.objects("Tags").orElse(List.of()));
    if (tags.isEmpty()) {
      throw Refusal.of("TagRequired", "Tags are missing");
    }
    find(input).putAll(tags);
    return Json.object();
  }

  ObjectNode untag(Input input) {
    var tags = find(input);
    input.texts("TagKeys").orElse(List.of()).forEach(tags::remove);
    return Json.object();
  }

  ObjectNode list(Input input) {
    var answer = Json.object();
    var list = answer.putArray("Tags");
    find(input).forEach((k, v) -> list.add(Json.object().put("Key", k).put("Value", v)));
    return answer;
  }

  private Map<String, String> find(Input input) {
    var arn =
        input
            .text("ResourceArn")
            .orElseThrow(() -> Refusal.of("ResourceArnRequired", "ResourceArn is missing"));
    var parts = arn.split(":", 7);
    if (parts.length < 7 || !parts[0].equals("arn") || !parts[2].equals("codedeploy")) {
      throw Refusal.of("InvalidArn", "Not an ARN of CodeDeploy: " + arn);
    }
    return switch (parts[5]) {
      case "application" -> state.requireApplication(parts[6]).tags;
      case "deploymentgroup" -> {
        var slash = parts[6].indexOf('/');
        if (slash < 0) {
          throw Refusal.of("InvalidArn", "Not the ARN of a deployment group: " + arn);
        }
        yield state
            .requireApplication(parts[6].substring(0, slash))
            .requireGroup(parts[6].substring(slash + 1))
            .tags;
      }
      default -> throw Refusal.of("ArnNotSupported", "Cannot be tagged: " + arn);
    };
  }
}
