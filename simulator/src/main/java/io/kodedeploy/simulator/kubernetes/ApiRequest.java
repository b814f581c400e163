package io.kodedeploy.simulator.kubernetes;

import io.kodedeploy.simulator.wire.Parameters;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A request to the API, read so far as every verb needs it. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record ApiRequest(
    String method,
    String path,
    Parameters query,
    String accept,
    String contentType,
    String userAgent,
    byte[] body) {

  private static final JsonMapper JSON = JsonMapper.shared();

  /** The body as JSON; YAML is read too. */
  JsonNode json() {
    var text = new String(body, StandardCharsets.UTF_8);
    if (contentType.contains("protobuf")) {
      throw new StatusException(
          415, "UnsupportedMediaType", "this server reads JSON and YAML, not protobuf");
    }
    try {
      var start = text.stripLeading();
      if (start.startsWith("{") || start.startsWith("[")) {
        return JSON.readTree(text);
      }
      var loaded = new Load(LoadSettings.builder().build()).loadFromString(text);
      return loaded == null ? JSON.createObjectNode() : JSON.valueToTree(loaded);
    } catch (JacksonException | YamlEngineException e) {
      throw StatusException.badRequest("the body is neither JSON nor YAML: " + e.getMessage());
    }
  }

  ObjectNode object() {
    if (json() instanceof ObjectNode object) {
      return object;
    }
    throw StatusException.badRequest("the body is not an object");
  }

  boolean flag(String name) {
    var value = query.get(name).orElse("false");
    return value.equals("true") || value.equals("1");
  }

  boolean wantsTable() {
    return accept.contains("as=Table");
  }

  Predicate<JsonNode> selector() {
    return Selector.ofLabels(query.get("labelSelector").orElse(""))
        .and(Selector.ofFields(query.get("fieldSelector").orElse("")));
  }

  WriteOptions writeOptions(String subresource) {
    var dryRun = query.get("dryRun").orElse("");
    if (!dryRun.isEmpty() && !dryRun.equals("All")) {
      throw StatusException.badRequest("dryRun: Unsupported value: \"" + dryRun + "\"");
    }
    var manager = query.get("fieldManager").orElseGet(() -> userAgent.replaceAll("/.*", ""));
    return new WriteOptions(
        manager.isEmpty() ? "unknown" : manager, subresource, !dryRun.isEmpty(), flag("force"));
  }
}
