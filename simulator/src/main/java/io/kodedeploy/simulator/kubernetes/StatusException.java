package io.kodedeploy.simulator.kubernetes;

import io.kodedeploy.simulator.kubernetes.patch.ApplyConflictException;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A request that the API refuses, as a {@code Status} object. */
final class StatusException extends RuntimeException {
  private final int code;
  private final String reason;
  private final transient ObjectNode details = JsonNodeFactory.instance.objectNode();

  StatusException(int code, String reason, String message) {
    super(message);
    this.code = code;
    this.reason = reason;
  }

  static StatusException notFound(ResourceKind kind, String name) {
    return new StatusException(404, "NotFound", kind.qualified() + " \"" + name + "\" not found")
        .about(kind, name);
  }

  static StatusException alreadyExists(ResourceKind kind, String name) {
    return new StatusException(
            409, "AlreadyExists", kind.qualified() + " \"" + name + "\" already exists")
        .about(kind, name);
  }

  /** The stored object is newer than the one sent. */
  static StatusException outdated(ResourceKind kind, String name) {
    return new StatusException(
            409,
            "Conflict",
            "Operation cannot be fulfilled on "
                + kind.qualified()
                + " \""
                + name
                + "\": the object has been modified; please apply your changes to the latest"
                + " version and try again")
        .about(kind, name);
  }

  static StatusException badRequest(String message) {
    return new StatusException(400, "BadRequest", message);
  }

  static StatusException invalid(ResourceKind kind, String name, String field, String problem) {
    var exception =
        new StatusException(
                422,
                "Invalid",
                kind.kind()
                    + (kind.group().isEmpty() ? "" : "." + kind.group())
                    + " \""
                    + name
                    + "\" is invalid: "
                    + field
                    + ": "
                    + problem)
            .about(kind, name);
    exception.details.put("kind", kind.kind());
    var cause = exception.details.putArray("causes").addObject();
    cause.put(
        "reason", problem.startsWith("Required") ? "FieldValueRequired" : "FieldValueInvalid");
    cause.put("message", problem);
    cause.put("field", field);
    return exception;
  }

  static StatusException conflict(ApplyConflictException conflict) {
    var exception = new StatusException(409, "Conflict", conflict.getMessage());
    var causes = exception.details.putArray("causes");
    for (var cause : conflict.causes()) {
      causes
          .addObject()
          .put("reason", "FieldManagerConflict")
          .put("message", cause.message())
          .put("field", cause.field());
    }
    return exception;
  }

  private StatusException about(ResourceKind kind, String name) {
    details.put("name", name);
    if (!kind.group().isEmpty()) {
      details.put("group", kind.group());
    }
    details.put("kind", kind.plural());
    return this;
  }

  int code() {
    return code;
  }

  ObjectNode toJson() {
    var json = JsonNodeFactory.instance.objectNode();
    json.put("kind", "Status").put("apiVersion", "v1");
    json.putObject("metadata");
    json.put("status", "Failure").put("message", getMessage()).put("reason", reason);
    if (!details.isEmpty()) {
      json.set("details", details);
    }
    return json.put("code", code);
  }
}
