package io.kodedeploy.simulator.commands;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kodedeploy.simulator.codedeploy.Diagnostics;
import io.kodedeploy.simulator.wire.AwsError;
import io.kodedeploy.simulator.wire.Json;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The {@code Diagnostics} that hosts send: a format and a text that holds JSON. */
final class Envelope {
  private static final int FORMAT_LIMIT = 64;
  private static final int PAYLOAD_LIMIT = 8192;

  private Envelope() {}

  /** The payload; empty if the request has no diagnostics. Limits: host-agent.md 1.6. */
  static Optional<String> read(ObjectNode body) {
    var envelope = body.path("Diagnostics");
    if (envelope.isMissingNode() || envelope.isNull()) {
      return Optional.empty();
    }
    var format = envelope.path("Format").asString("");
    var payload = envelope.path("Payload").asString("");
    if (format.isEmpty() || format.length() > FORMAT_LIMIT) {
      throw CommandService.refused("the format of diagnostics must have 1 to 64 characters");
    }
    if (payload.length() > PAYLOAD_LIMIT) {
      throw CommandService.refused(
          "the payload of diagnostics has "
              + payload.length()
              + " characters, more than "
              + PAYLOAD_LIMIT);
    }
    return Optional.of(payload);
  }

  /** The payload as an object; anything else counts as an empty one. */
  static JsonNode json(String payload) {
    try {
      return Json.parseObject(payload.getBytes(UTF_8));
    } catch (AwsError e) {
      return Json.object();
    }
  }

  /** The host's words as the public API shows them. */
  static Diagnostics diagnostics(Optional<String> payload, boolean succeeded) {
    var node = json(payload.orElse("{}"));
    if (succeeded) {
      return new Diagnostics("Success", "", "Succeeded", "");
    }
    var message = node.path("message").asString(payload.orElse(""));
    return new Diagnostics(
        name(node.path("error_code").asInt(5)),
        node.path("script_name").asString(""),
        message,
        node.path("log").asString(""));
  }

  private static String name(int code) {
    return switch (code) {
      case 1 -> "ScriptMissing";
      case 2 -> "ScriptNotExecutable";
      case 3 -> "ScriptTimedOut";
      case 4 -> "ScriptFailed";
      default -> "UnknownError";
    };
  }
}
