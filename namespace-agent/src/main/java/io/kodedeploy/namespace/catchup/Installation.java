package io.kodedeploy.namespace.catchup;

import java.time.Instant;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What this namespace has of one application, and what went wrong last.
 *
 * @param application CodeDeploy application
 * @param installed the revision whose Install finished here last
 * @param failed the last attempt that failed since, whatever group it came through
 */
public record Installation(
    String application, Optional<Installed> installed, Optional<Attempt> failed) {
  /**
   * A revision that is here.
   *
   * @param digest SHA-256 of the bundle, hexadecimal; empty while it is not computed
   */
  public record Installed(
      String revision, String deploymentId, String group, String digest, Instant at) {}

  /** An attempt that failed for a reason that does not pass by itself. */
  public record Attempt(
      String revision, String deploymentId, String event, String code, String reason, Instant at) {}

  private static final JsonMapper JSON = JsonMapper.shared();

  /** Nothing is known of the application. */
  static Installation none(String application) {
    return new Installation(application, Optional.empty(), Optional.empty());
  }

  /** Install finished; what failed before is history. */
  Installation with(Installed now) {
    return new Installation(application, Optional.of(now), Optional.empty());
  }

  /** An attempt failed. */
  Installation with(Attempt attempt) {
    return new Installation(application, installed, Optional.of(attempt));
  }

  /** The text that outlives the pod. */
  String text() {
    var root = JSON.createObjectNode().put("application", application);
    installed.ifPresent(
        now ->
            root.putObject("installed")
                .put("revision", now.revision())
                .put("deploymentId", now.deploymentId())
                .put("deploymentGroup", now.group())
                .put("bundleSha256", now.digest())
                .put("at", now.at().toString()));
    failed.ifPresent(
        attempt ->
            root.putObject("failed")
                .put("revision", attempt.revision())
                .put("deploymentId", attempt.deploymentId())
                .put("event", attempt.event())
                .put("code", attempt.code())
                .put("reason", attempt.reason())
                .put("at", attempt.at().toString()));
    return root.toString();
  }

  /** Reads {@link #text}; nothing when it is damaged, and the application is deployed again. */
  static Optional<Installation> parse(String text) {
    try {
      var root = JSON.readTree(text);
      var application = root.path("application").asString("");
      if (application.isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(
          new Installation(
              application,
              Optional.ofNullable(root.get("installed"))
                  .map(
                      node ->
                          new Installed(
                              text(node, "revision"),
                              text(node, "deploymentId"),
                              text(node, "deploymentGroup"),
                              text(node, "bundleSha256"),
                              Instant.parse(text(node, "at")))),
              Optional.ofNullable(root.get("failed"))
                  .map(
                      node ->
                          new Attempt(
                              text(node, "revision"),
                              text(node, "deploymentId"),
                              text(node, "event"),
                              text(node, "code"),
                              text(node, "reason"),
                              Instant.parse(text(node, "at"))))));
    } catch (JacksonException | java.time.DateTimeException e) {
      return Optional.empty();
    }
  }

  private static String text(JsonNode node, String member) {
    return node.path(member).asString("");
  }
}
