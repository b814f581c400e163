package io.kodedeploy.simulator.kubernetes;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What the simulation reads out of a pod's specification. */
final class PodTemplate {
  static final String HASH_LABEL = "pod-template-hash";
  private static final int STARTUP_DELAY_MILLIS = 300;

  private PodTemplate() {}

  /** A short digest of a template; the same template always has the same. */
  static String hash(JsonNode template) {
    var copy = template.deepCopy();
    if (copy.path("metadata").path("labels") instanceof ObjectNode labels) {
      labels.remove(HASH_LABEL);
    }
    try {
      var digest =
          MessageDigest.getInstance("SHA-256")
              .digest(copy.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 5);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }

  /** {@code latest} when the image names no tag. */
  static String tagOf(String image) {
    var name = image.substring(image.lastIndexOf('/') + 1).replaceAll("@.*", "");
    var colon = name.indexOf(':');
    return colon < 0 ? "latest" : name.substring(colon + 1);
  }

  /** An image whose tag is {@code broken} cannot be pulled. */
  static boolean broken(JsonNode container) {
    return tagOf(ObjectTree.text(container, "image")).equals("broken");
  }

  static boolean broken(ObjectNode pod) {
    return java.util.stream.Stream.of("initContainers", "containers")
        .flatMap(list -> ObjectTree.at(pod, "spec", list).valueStream())
        .anyMatch(PodTemplate::broken);
  }

  /** The variable {@code VERSION} of the first container, or the tag of its image. */
  static String version(ObjectNode pod) {
    var container = ObjectTree.at(pod, "spec", "containers").path(0);
    return variable(container, "VERSION")
        .orElseGet(() -> tagOf(ObjectTree.text(container, "image")));
  }

  /** The longest {@code STARTUP_DELAY_MS} of its containers. */
  static Duration startupDelay(ObjectNode pod) {
    return ObjectTree.at(pod, "spec", "containers")
        .valueStream()
        .map(container -> millis(container, "STARTUP_DELAY_MS", STARTUP_DELAY_MILLIS))
        .max(Duration::compareTo)
        .orElse(Duration.ofMillis(STARTUP_DELAY_MILLIS));
  }

  /** {@code RESPONSE_DELAY_MS} of the first container: how long an answer takes; default 0. */
  static Duration responseDelay(ObjectNode pod) {
    return millis(ObjectTree.at(pod, "spec", "containers").path(0), "RESPONSE_DELAY_MS", 0);
  }

  private static Duration millis(JsonNode container, String name, int otherwise) {
    var text = variable(container, name).orElse("");
    return Duration.ofMillis(text.matches("\\d{1,9}") ? Integer.parseInt(text) : otherwise);
  }

  private static Optional<String> variable(JsonNode container, String name) {
    return container
        .path("env")
        .valueStream()
        .filter(variable -> ObjectTree.text(variable, "name").equals(name))
        .map(variable -> ObjectTree.text(variable, "value"))
        .findFirst();
  }
}
