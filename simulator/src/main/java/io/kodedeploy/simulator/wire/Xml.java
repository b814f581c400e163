package io.kodedeploy.simulator.wire;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Writes the XML of query services and S3; text is escaped. Not thread-safe. */
public final class Xml {
  private final StringBuilder out = new StringBuilder();

  private Xml() {}

  /** A document with an XML declaration. */
  public static String document(String root, String namespace, Consumer<Xml> content) {
    var xml = new Xml();
    xml.out.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<").append(root);
    if (!namespace.isEmpty()) {
      xml.out.append(" xmlns=\"").append(escape(namespace)).append('"');
    }
    xml.out.append('>');
    content.accept(xml);
    xml.out.append("</").append(root).append('>');
    return xml.out.toString();
  }

  /**
   * The answer of a query service: {@code <ActionResponse><ActionResult>...</ActionResult>
   * <ResponseMetadata>}.
   */
  public static AwsResponse queryResponse(
      AwsRequest request, String namespace, Consumer<Xml> result) {
    var action = request.operation();
    return AwsResponse.xml(
        document(
            action + "Response",
            namespace,
            xml ->
                xml.element(action + "Result", result)
                    .element("ResponseMetadata", meta -> meta.text("RequestId", request.id()))));
  }

  /** The answer of EC2: {@code <ActionResponse><requestId>} and the members beside it. */
  public static AwsResponse ec2Response(
      AwsRequest request, String namespace, Consumer<Xml> members) {
    return AwsResponse.xml(
        document(
            request.operation() + "Response",
            namespace,
            xml -> members.accept(xml.text("requestId", request.id()))));
  }

  /** An element with content. */
  public Xml element(String name, Consumer<Xml> content) {
    out.append('<').append(name).append('>');
    content.accept(this);
    out.append("</").append(name).append('>');
    return this;
  }

  /** An element with text. */
  public Xml text(String name, String value) {
    out.append('<').append(name).append('>').append(escape(value));
    out.append("</").append(name).append('>');
    return this;
  }

  /** An element with a number. */
  public Xml number(String name, long value) {
    return text(name, Long.toString(value));
  }

  /** An element with {@code true} or {@code false}. */
  public Xml flag(String name, boolean value) {
    return text(name, Boolean.toString(value));
  }

  /** An element with a time, ISO 8601 with milliseconds. */
  public Xml time(String name, Instant value) {
    return text(name, value.truncatedTo(ChronoUnit.MILLIS).toString());
  }

  /** {@code <name><member>...</member>...</name>}. */
  public <T> Xml members(String name, Iterable<T> items, BiConsumer<Xml, T> content) {
    return items(name, "member", items, content);
  }

  /** A list with elements of any name ({@code item} for EC2). */
  public <T> Xml items(String name, String item, Iterable<T> items, BiConsumer<Xml, T> content) {
    return element(
        name,
        list ->
            items.forEach(value -> list.element(item, element -> content.accept(element, value))));
  }

  /** Text content of the element that is open. */
  public Xml content(String value) {
    out.append(escape(value));
    return this;
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("\r", "&#13;");
  }
}
