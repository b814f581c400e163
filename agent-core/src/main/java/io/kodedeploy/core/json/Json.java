package io.kodedeploy.core.json;

import java.io.StringWriter;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads and writes trees as a {@code JsonMapper} does, without one: binding to types brings 400
 * classes, seven mebibytes of an idle agent, and no part of it is used here. For the same reason
 * {@code toString} of a node, which makes a mapper, is not how nodes are written. Safe for many
 * threads.
 */
public final class Json {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private Json() {}

  /** A new object without members. */
  public static ObjectNode object() {
    return NODES.objectNode();
  }

  /** A new array without elements. */
  public static ArrayNode array() {
    return NODES.arrayNode();
  }

  /**
   * The one value of a text; a missing node when there is none. Of members with the same name the
   * last one counts.
   *
   * @throws JacksonException when it is no JSON, goes on after the value or nests too deeply
   */
  public static JsonNode read(String text) {
    try (var parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      return read(parser);
    }
  }

  /** As above, in UTF-8, UTF-16 or UTF-32. */
  public static JsonNode read(byte[] text) {
    try (var parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      return read(parser);
    }
  }

  private static JsonNode read(JsonParser parser) {
    var first = parser.nextToken();
    if (first == null) {
      return NODES.missingNode();
    }
    var value = value(parser, first);
    if (parser.nextToken() != null) {
      throw new StreamReadException(parser, "the text goes on after the value");
    }
    return value;
  }

  /** The parser bounds the depth, 500 by default. */
  private static JsonNode value(JsonParser parser, JsonToken token) {
    return switch (token) {
      case START_OBJECT -> members(parser);
      case START_ARRAY -> elements(parser);
      case VALUE_STRING -> NODES.stringNode(parser.getString());
      case VALUE_NUMBER_INT ->
          switch (parser.getNumberType()) {
            case INT -> NODES.numberNode(parser.getIntValue());
            case LONG -> NODES.numberNode(parser.getLongValue());
            default -> NODES.numberNode(parser.getBigIntegerValue());
          };
      case VALUE_NUMBER_FLOAT -> NODES.numberNode(parser.getDoubleValue());
      case VALUE_TRUE -> NODES.booleanNode(true);
      case VALUE_FALSE -> NODES.booleanNode(false);
      case VALUE_NULL -> NODES.nullNode();
      case NOT_AVAILABLE, END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT ->
          throw new StreamReadException(parser, "no value: " + token);
    };
  }

  private static ObjectNode members(JsonParser parser) {
    var object = NODES.objectNode();
    for (var name = parser.nextName(); name != null; name = parser.nextName()) {
      object.set(name, value(parser, parser.nextToken()));
    }
    return object;
  }

  private static ArrayNode elements(JsonParser parser) {
    var array = NODES.arrayNode();
    for (var token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
      array.add(value(parser, token));
    }
    return array;
  }

  /** The text of a tree, in one line. */
  public static String write(JsonNode tree) {
    return write(tree, ObjectWriteContext.empty());
  }

  /** The text of a tree, indented. */
  public static String pretty(JsonNode tree) {
    return write(tree, new Indented());
  }

  private static final class Indented extends ObjectWriteContext.Base {
    @Override
    public boolean hasPrettyPrinter() {
      return true;
    }

    @Override
    public PrettyPrinter getPrettyPrinter() {
      return new DefaultPrettyPrinter();
    }
  }

  private static String write(JsonNode tree, ObjectWriteContext form) {
    var text = new StringWriter();
    try (var generator = FACTORY.createGenerator(form, text)) {
      write(tree, generator);
    }
    return text.toString();
  }

  private static void write(JsonNode node, JsonGenerator generator) {
    switch (node.getNodeType()) {
      case OBJECT -> {
        generator.writeStartObject();
        for (var member : node.properties()) {
          generator.writeName(member.getKey());
          write(member.getValue(), generator);
        }
        generator.writeEndObject();
      }
      case ARRAY -> {
        generator.writeStartArray();
        for (var element : node.values()) {
          write(element, generator);
        }
        generator.writeEndArray();
      }
      case STRING -> generator.writeString(node.stringValue());
      case BOOLEAN -> generator.writeBoolean(node.booleanValue());
      case NULL, MISSING -> generator.writeNull();
      case NUMBER -> number(node, generator);
      case BINARY, POJO ->
          throw new IllegalArgumentException("a tree of JSON values has no " + node.getNodeType());
    }
  }

  private static void number(JsonNode node, JsonGenerator generator) {
    switch (node.numberType()) {
      case INT -> generator.writeNumber(node.intValue());
      case LONG -> generator.writeNumber(node.longValue());
      case BIG_INTEGER -> generator.writeNumber(node.bigIntegerValue());
      case FLOAT -> generator.writeNumber(node.floatValue());
      case DOUBLE -> generator.writeNumber(node.doubleValue());
      case BIG_DECIMAL -> generator.writeNumber(node.decimalValue());
    }
  }
}
