package io.kodedeploy.core.spec;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Reads deployment specifications: envelope, signature, members and their checks, in that order.
 */
public final class DeploymentSpecReader {
  private DeploymentSpecReader() {}

  /**
   * The specification in an envelope of the command service.
   *
   * @param format the envelope's format; only {@code PKCS7/JSON} is accepted
   * @param payload the envelope's payload
   * @throws AgentException with {@link ErrorCode#SPECIFICATION_UNTRUSTED} when the signature does
   *     not hold, {@link ErrorCode#SPECIFICATION_INVALID} for all else
   */
  public static DeploymentSpec readSigned(@Nullable String format, @Nullable String payload) {
    if (!"PKCS7/JSON".equals(format)) {
      throw invalid(
          "Unsupported DeploymentSpecification format: " + (format == null ? "" : format));
    }
    return read(SignedContent.open(payload == null ? "" : payload));
  }

  /** The specification in this JSON, for a host that writes it itself; nothing is verified. */
  public static DeploymentSpec readUnsigned(String json) {
    return read(json.getBytes(UTF_8));
  }

  private static DeploymentSpec read(byte[] json) {
    JsonNode spec;
    try {
      spec = Json.read(json);
    } catch (JacksonException e) {
      throw new AgentException(
          ErrorCode.SPECIFICATION_INVALID, "Deployment Spec is not valid JSON", e);
    }
    if (!spec.isObject()) {
      throw invalid("Deployment Spec is not a JSON object");
    }
    var id = shortId(required(spec, "DeploymentId"));
    var groupId = required(spec, "DeploymentGroupId");
    var groupName = required(spec, "DeploymentGroupName");
    var application = required(spec, "ApplicationName");
    var revision = RevisionReader.read(spec.path("Revision"));
    return new DeploymentSpec(
        SafeNames.component("DeploymentId", id),
        SafeNames.component("DeploymentGroupId", groupId),
        groupName,
        application,
        text(spec, "DeploymentCreator").orElse(DeploymentSpec.DEFAULT_CREATOR),
        text(spec, "DeploymentType").orElse(DeploymentSpec.DEFAULT_TYPE),
        SafeNames.relative(
            "AppSpecFilename",
            text(spec, "AppSpecFilename").orElse(DeploymentSpec.DEFAULT_APPSPEC)),
        text(spec.path("AgentActionOverrides").path("AgentOverrides"), "FileExistsBehavior")
            .map(FileExistsBehavior::of)
            .orElse(FileExistsBehavior.DISALLOW),
        events(spec.path("AllPossibleLifecycleEvents")),
        present(spec, "GitHubAccessToken"),
        revision,
        text(spec, "ReuseArchiveFromDeploymentId"));
  }

  /** An ARN's last part: what follows the first slash of its sixth part. */
  private static String shortId(String id) {
    if (!id.startsWith("arn:")) {
      return id;
    }
    var parts = id.split(":", 6);
    var resource = parts.length == 6 ? parts[5] : "";
    return resource.substring(resource.indexOf('/') + 1);
  }

  private static List<String> events(JsonNode list) {
    var events = new ArrayList<String>();
    if (list.isMissingNode() || list.isNull() || (list.isString() && list.asString().isEmpty())) {
      return events;
    }
    if (!list.isArray()) {
      throw invalid("AllPossibleLifecycleEvents in Deployment Spec must be a list of names");
    }
    for (var event : list) {
      if (!event.isString()) {
        throw invalid("AllPossibleLifecycleEvents in Deployment Spec must be a list of names");
      }
      events.add(event.asString());
    }
    return events;
  }

  private static String required(JsonNode spec, String member) {
    return text(spec, member).orElseThrow(() -> invalid("Deployment Spec has no " + member));
  }

  /** A member that is set: there, not null, not empty. */
  static Optional<String> text(JsonNode object, String member) {
    return present(object, member).filter(text -> !text.isEmpty());
  }

  /** A member that is there and not null; it may be empty. */
  static Optional<String> present(JsonNode object, String member) {
    var value = object.path(member);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isString() || value.asString().indexOf('\0') >= 0) {
      throw invalid(member + " in Deployment Spec must be text without NUL");
    }
    return Optional.of(value.asString());
  }

  static AgentException invalid(String message) {
    return new AgentException(ErrorCode.SPECIFICATION_INVALID, message);
  }
}
