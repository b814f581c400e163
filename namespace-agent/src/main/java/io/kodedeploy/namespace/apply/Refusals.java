package io.kodedeploy.namespace.apply;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.namespace.cluster.ApiAnswer;
import io.kodedeploy.namespace.manifest.PlannedObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * Collects what the API server refused in one stage and says it once: conflicts with field, manager
 * and remedy, everything else in the server's words. Data of a Secret never gets into a message.
 */
final class Refusals {
  /**
   * Server-side apply may answer an object that does not fit its schema with 500, since this is a
   * plain error of apimachinery's managedfields (structuredmerge.go); then only the text tells.
   */
  private static final String NOT_OF_ITS_TYPE = "failed to create typed patch object";

  private final List<String> conflicts = new ArrayList<>();
  private final List<String> others = new ArrayList<>();
  private boolean retryable = true;

  /** An answer that is not a success. */
  void add(PlannedObject object, ApiAnswer answer) {
    var causes = answer.causes();
    var fields =
        causes.stream().filter(cause -> cause.reason().equals("FieldManagerConflict")).toList();
    if (answer.conflict() && !fields.isEmpty()) {
      for (var cause : fields) {
        conflicts.add(
            object
                + ": field "
                + cause.field()
                + " belongs to another manager: "
                + cause.message());
      }
      return;
    }
    var message = answer.message();
    retryable &=
        (answer.code() == 429 || answer.code() >= 500) && !message.startsWith(NOT_OF_ITS_TYPE);
    if (object.secret() && quotesData(object.json(), message)) {
      message =
          "HTTP "
              + answer.code()
              + " "
              + answer.body().path("reason").asString("")
              + " (the server's message quotes data of the Secret and is withheld)";
    }
    others.add(object + ": " + message);
  }

  /** An object that another application has. */
  void belongsTo(PlannedObject object, String application) {
    conflicts.add(
        object
            + " belongs to application \""
            + application
            + "\": remove it from one of the two bundles");
  }

  /** Throws the one error of the stage, if there was any. */
  void throwIfAny(String stage) {
    if (conflicts.isEmpty() && others.isEmpty()) {
      return;
    }
    var lines = new ArrayList<>(conflicts);
    lines.addAll(others);
    var code =
        !conflicts.isEmpty()
            ? ErrorCode.APPLY_CONFLICT
            : retryable ? ErrorCode.CLUSTER_UNREACHABLE : ErrorCode.APPLY_REFUSED;
    throw new AgentException(
        code, "nothing of the stage \"" + stage + "\" was written:\n" + String.join("\n", lines));
  }

  /** Whether a message holds a value of a Secret, as written or decoded. */
  static boolean quotesData(JsonNode secret, String message) {
    if (message.contains("valueUnstructured")) { // structured-merge-diff quotes what it found
      return true;
    }
    for (var part : List.of("data", "stringData")) {
      for (var entry : secret.path(part).properties()) {
        var value =
            entry.getValue().isString() ? entry.getValue().asString() : entry.getValue().toString();
        if (!value.isEmpty() && message.contains(value)) {
          return true;
        }
        var decoded = decoded(value);
        if (!decoded.isEmpty() && message.contains(decoded)) {
          return true;
        }
      }
    }
    return false;
  }

  private static String decoded(String value) {
    try {
      return new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }
}
