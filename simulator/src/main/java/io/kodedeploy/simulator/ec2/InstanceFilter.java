package io.kodedeploy.simulator.ec2;

import io.kodedeploy.simulator.wire.AwsError;
import io.kodedeploy.simulator.wire.Parameters;
import java.util.List;
import java.util.regex.Pattern;

/** A filter of a Describe call: any of the values; {@code *} and {@code ?} are wildcards. */
record InstanceFilter(String name, List<String> values) {

  static List<InstanceFilter> all(Parameters form) {
    return form.structures("Filter").stream()
        .map(filter -> new InstanceFilter(filter.require("Name"), filter.list("Value")))
        .toList();
  }

  boolean matches(String text) {
    return values.stream().anyMatch(value -> pattern(value).matcher(text).matches());
  }

  boolean holds(Instance instance) {
    if (name.startsWith("tag:")) {
      var value = instance.tags().get(name.substring("tag:".length()));
      return value != null && matches(value);
    }
    return switch (name) {
      case "tag-key" -> instance.tags().keySet().stream().anyMatch(this::matches);
      case "instance-id" -> matches(instance.id());
      case "instance-state-name" -> matches(instance.running() ? "running" : "terminated");
      case "private-ip-address" -> matches(instance.address());
      case "availability-zone" -> matches(instance.availabilityZone());
      default -> throw unknown(name);
    };
  }

  static AwsError unknown(String name) {
    return AwsError.badRequest("InvalidParameterValue", "The filter '" + name + "' is invalid");
  }

  private static Pattern pattern(String value) {
    var regex = new StringBuilder();
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      regex.append(
          switch (c) {
            case '*' -> ".*";
            case '?' -> ".";
            default -> Pattern.quote(String.valueOf(c));
          });
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }
}
