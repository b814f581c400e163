package io.kodedeploy.namespace.manifest;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
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

  /** What is wrong with the data of a Secret; the values are not quoted. */
  static List<String> problems(ObjectNode secret) {
    var problems = new ArrayList<String>();
    for (var part : List.of("data", "stringData")) {
      var values = secret.path(part);
      if (!values.isMissingNode() && !values.isNull() && !values.isObject()) {
        problems.add(part + ": expected a mapping");
      }
      for (var entry : values.properties()) {
        if (!entry.getValue().isString()) {
          problems.add(part + "." + entry.getKey() + ": expected a text; put it in quotes");
        } else if (part.equals("data") && !isBase64(entry.getValue().asString())) {
          problems.add(
              "data." + entry.getKey() + ": expected base64; plain text belongs in stringData");
        }
      }
    }
    return problems;
  }

  private static boolean isBase64(String text) {
    var one = text.replaceAll("[\\r\\n]", "");
    try {
      Base64.getDecoder().decode(one);
      return one.length() % 4 == 0;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  private static String encoded(JsonNode text) {
    return Base64.getEncoder().encodeToString(text.asString().getBytes(StandardCharsets.UTF_8));
  }
}
