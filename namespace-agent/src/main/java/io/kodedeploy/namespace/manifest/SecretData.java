package io.kodedeploy.namespace.manifest;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes {@code stringData} of a Secret as {@code data}. The API server would do so too, but under
 * server-side apply it then notes us as owner of {@code stringData}, which no Secret has: changes
 * by others would go unseen, and keys that left the bundle would stay.
 */
final class SecretData {
  private SecretData() {}

  /** Changes the object in place; one of wrong types stays as it is, the API server refuses it. */
  static void fold(ObjectNode secret) {
    if (!(secret.get("stringData") instanceof ObjectNode texts)
        || texts.properties().stream().anyMatch(entry -> !entry.getValue().isString())
        || !(secret.path("data").isMissingNode() || secret.path("data").isObject())) {
      return;
    }
    var data =
        secret.get("data") instanceof ObjectNode present ? present : secret.putObject("data");
    texts.properties().forEach(entry -> data.put(entry.getKey(), encoded(entry.getValue())));
    secret.remove("stringData");
  }

  private static String encoded(JsonNode text) {
    return Base64.getEncoder().encodeToString(text.asString().getBytes(StandardCharsets.UTF_8));
  }
}
