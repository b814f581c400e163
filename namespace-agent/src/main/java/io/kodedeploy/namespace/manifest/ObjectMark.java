package io.kodedeploy.namespace.manifest;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * By what an object is known to be as the bundle wants it, without asking the API server to try.
 *
 * <p>The server notes for every field who set it last. As long as the entry of our manager in
 * {@code metadata.managedFields} has the same fields and the same time, nobody else has changed or
 * removed anything that we wrote. The status, other people's fields and what controllers add are
 * not part of it. Both digests are mixed with the object's random {@code uid}, so that nobody
 * without the right to read a Secret can try values against them.
 *
 * @param digest of the object as it was sent, 128 bits
 * @param state digest of our entry of {@code managedFields}: version, fields and time, 128 bits
 */
public record ObjectMark(String digest, String state) {
  /** Of an object that may or may not have been written. */
  public static final ObjectMark UNKNOWN = new ObjectMark("", "");

  private static final int BYTES = 16;

  /**
   * The mark of an object in the cluster.
   *
   * @param object as the bundle wants it
   * @param metadata of the object in the cluster
   * @param manager our field manager
   */
  public static ObjectMark of(PlannedObject object, JsonNode metadata, String manager) {
    var state = state(metadata, manager);
    return state.isEmpty()
        ? UNKNOWN
        : new ObjectMark(
            digest(metadata.path("uid").asString(""), object.json().toString()), state);
  }

  /** The {@code state} of an object in the cluster; empty when we hold nothing of it. */
  static String state(JsonNode metadata, String manager) {
    var uid = metadata.path("uid").asString("");
    return ownEntry(metadata, manager)
        .filter(_ -> !uid.isEmpty())
        .map(
            entry ->
                digest(
                    uid,
                    entry.path("apiVersion").asString("")
                        + entry.path("time").asString("")
                        + entry.path("fieldsV1")))
        .orElse("");
  }

  /** What a manager applied, as the server notes it. */
  public static Optional<JsonNode> ownEntry(JsonNode metadata, String manager) {
    for (var entry : metadata.path("managedFields")) {
      if (entry.path("manager").asString("").equals(manager)
          && entry.path("operation").asString("").equals("Apply")
          && entry.path("subresource").asString("").isEmpty()) {
        return Optional.of(entry);
      }
    }
    return Optional.empty();
  }

  private static String digest(String uid, String text) {
    try {
      var sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(uid.getBytes(StandardCharsets.UTF_8));
      var all = sha256.digest(text.getBytes(StandardCharsets.UTF_8));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(all, BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
