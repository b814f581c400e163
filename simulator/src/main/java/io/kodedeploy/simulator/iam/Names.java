package io.kodedeploy.simulator.iam;

import io.kodedeploy.simulator.wire.AwsError;
import io.kodedeploy.simulator.wire.Parameters;
import io.kodedeploy.simulator.wire.Xml;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** The rules for what requests to IAM carry in common. */
final class Names {
  private Names() {}

  static String checked(Parameters form, String member, int longest) {
    var name = form.require(member);
    if (name.length() > longest || !name.matches("[\\w+=,.@-]+")) {
      throw AwsError.badRequest(
          "ValidationError",
          "The specified value for "
              + member
              + " is invalid. It must contain only alphanumeric characters and/or the following:"
              + " +=,.@_- and have at most "
              + longest
              + " characters");
    }
    return name;
  }

  static String path(Parameters form) {
    var path = form.get("Path").orElse("/");
    if (!path.matches("/|/[\\x21-\\x7e]*/") || path.length() > 512) {
      throw AwsError.badRequest(
          "ValidationError",
          "The specified value for path is invalid. It must begin and end with / and contain only"
              + " alphanumeric characters and/or / characters.");
    }
    return path;
  }

  /** A policy document, which must be JSON with a statement. */
  static String document(Parameters form, String member) {
    var text = form.require(member);
    try {
      if (JsonMapper.shared().readTree(text).has("Statement")) {
        return text;
      }
    } catch (JacksonException e) {
      throw malformed("Syntax errors in policy: " + e.getOriginalMessage());
    }
    throw malformed("Syntax errors in policy: no Statement");
  }

  private static AwsError malformed(String message) {
    return AwsError.badRequest("MalformedPolicyDocument", message);
  }

  static void tags(Xml xml, Entity entity) {
    if (!entity.tags().isEmpty()) {
      xml.members(
          "Tags",
          entity.tags().entrySet(),
          (entry, tag) -> entry.text("Key", tag.getKey()).text("Value", tag.getValue()));
    }
  }
}
