package io.kodedeploy.simulator.autoscaling;

import io.kodedeploy.simulator.wire.AwsError;
import io.kodedeploy.simulator.wire.Parameters;
import java.util.List;

/** A filter of DescribeAutoScalingGroups or DescribeTags: any of the values. */
record TagFilter(String name, List<String> values) {

  static List<TagFilter> all(Parameters form) {
    return form.structures("Filters").stream()
        .map(filter -> new TagFilter(filter.require("Name"), filter.list("Values")))
        .toList();
  }

  boolean holds(Group group) {
    if (name.startsWith("tag:")) {
      var tag = group.tags.get(name.substring("tag:".length()));
      return tag != null && values.contains(tag.value());
    }
    return group.tags.values().stream().anyMatch(tag -> holds(group.name, tag));
  }

  boolean holds(String group, Group.Tag tag) {
    return switch (name) {
      case "auto-scaling-group" -> values.contains(group);
      case "key", "tag-key" -> values.contains(tag.key());
      case "value", "tag-value" -> values.contains(tag.value());
      default ->
          throw AwsError.badRequest("ValidationError", "Filter type " + name + " is not correct");
    };
  }
}
