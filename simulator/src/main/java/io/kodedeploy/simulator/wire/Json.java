package io.kodedeploy.simulator.wire;

import java.math.BigDecimal;
import java.time.Instant;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** JSON as AWS JSON 1.1 has it. */
public final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN).build();

  private Json() {}

  /** A new, empty object. */
  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** A new, empty list. */
  public static ArrayNode array() {
    return MAPPER.createArrayNode();
  }

  /** A list of strings. */
  public static ArrayNode array(Iterable<String> texts) {
    var array = array();
    texts.forEach(array::add);
    return array;
  }

  /** A time as seconds since the epoch with milliseconds. */
  public static BigDecimal time(Instant time) {
    return BigDecimal.valueOf(time.toEpochMilli(), 3);
  }

  /** The document as UTF-8. */
  public static byte[] write(JsonNode node) {
    return MAPPER.writeValueAsBytes(node);
  }

  /**
   * Reads a document that must be an object; nothing at all counts as {@code {}}.
   *
   * @throws AwsError {@code SerializationException} if it is no JSON object
   */
  public static ObjectNode parseObject(byte[] text) {
    if (text.length == 0) {
      return object();
    }
    try {
      if (MAPPER.readTree(text) instanceof ObjectNode node) {
        return node;
      }
      throw AwsError.badRequest("SerializationException", "the body is not a JSON object");
    } catch (JacksonException e) {
      throw AwsError.badRequest(
          "SerializationException", "the body is not JSON: " + e.getOriginalMessage());
    }
  }
}
