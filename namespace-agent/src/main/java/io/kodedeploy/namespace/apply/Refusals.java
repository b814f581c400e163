package io.kodedeploy.namespace.apply;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.namespace.cluster.ApiAnswer;
import io.kodedeploy.namespace.manifest.ObjectOptions;
import io.kodedeploy.namespace.manifest.PlannedObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
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

  /** How the API server says that a field is fixed, only for a hint. */
  private static final Pattern UNCHANGEABLE =
      Pattern.compile("immutable|Forbidden: updates to|may not change once set");

  private static final int MAX_LINES = 40;

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
      conflicts.add(
          "  take the field out of the bundle, or take it over with force: true on the path or the"
              + " annotation "
              + ObjectOptions.FORCE
              + ": \"true\" on the object");
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
    if (answer.code() == 422 && UNCHANGEABLE.matcher(message).find()) {
      others.add(
          "  the field cannot be changed: leave it as it is, name the object anew, or let it be"
              + " deleted and created again by its annotation "
              + ObjectOptions.REPLACE
              + ": \"true\"");
    }
  }

  /** An object that somebody else has. */
  void belongsTo(PlannedObject object, String owner) {
    conflicts.add(object + " belongs to " + owner + ": remove it from one of the two bundles");
  }

  /** Throws the one error, if there was any refusal; the text comes first. */
  void throwIfAny(String text) {
    if (conflicts.isEmpty() && others.isEmpty()) {
      return;
    }
    var lines = new ArrayList<>(conflicts);
    lines.addAll(others);
    if (lines.size() > MAX_LINES) {
      var more = lines.size() - MAX_LINES;
      lines.subList(MAX_LINES, lines.size()).clear();
      lines.add("and " + more + " more lines");
    }
    var code =
        !conflicts.isEmpty()
            ? ErrorCode.APPLY_CONFLICT
            : retryable ? ErrorCode.CLUSTER_UNREACHABLE : ErrorCode.APPLY_REFUSED;
    throw new AgentException(code, text + "\n" + String.join("\n", lines));
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
