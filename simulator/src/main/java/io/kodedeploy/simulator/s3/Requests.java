package io.kodedeploy.simulator.s3;

import io.kodedeploy.simulator.wire.AwsError;
import io.kodedeploy.simulator.wire.AwsRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/** Reading what S3 requests say in headers and XML bodies. */
final class Requests {
  private static final Set<String> KEPT =
      Set.of(
          "content-type",
          "content-encoding",
          "content-disposition",
          "content-language",
          "cache-control",
          "expires",
          "x-amz-storage-class");

  private Requests() {}

  /** The headers that belong to the object and are given back with it. */
  static Map<String, String> objectHeaders(AwsRequest request) {
    var kept = new LinkedHashMap<String, String>();
    request
        .headers()
        .all()
        .forEach(
            (name, values) -> {
              var lower = name.toLowerCase(Locale.ROOT);
              if (KEPT.contains(lower) || lower.startsWith("x-amz-meta-")) {
                kept.put(lower, String.join(",", values));
              }
            });
    // The framing of the transfer is no property of the object.
    kept.computeIfPresent(
        "content-encoding",
        (_, value) -> {
          var rest = value.replaceAll("(?i)aws-chunked,?\\s*", "").replaceAll(",\\s*$", "");
          return rest.isEmpty() ? null : rest;
        });
    kept.putIfAbsent("content-type", "binary/octet-stream");
    return kept;
  }

  /**
   * The root element of the body.
   *
   * @throws AwsError {@code MalformedXML}
   */
  static Element xml(AwsRequest request) {
    try {
      var factory = DocumentBuilderFactory.newInstance();
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      factory.setNamespaceAware(true);
      var builder = factory.newDocumentBuilder();
      builder.setErrorHandler(null);
      Document document = builder.parse(new ByteArrayInputStream(request.body().bytes()));
      return document.getDocumentElement();
    } catch (SAXException e) {
      throw AwsError.badRequest(
          "MalformedXML", "The XML you provided was not well-formed: " + e.getMessage());
    } catch (IOException | ParserConfigurationException e) {
      throw new IllegalStateException("XML cannot be read", e);
    }
  }

  static List<Element> children(Element parent, String name) {
    var found = new ArrayList<Element>();
    for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element element && name.equals(element.getLocalName())) {
        found.add(element);
      }
    }
    return found;
  }

  /** The text of a child element; empty when there is none. */
  static String text(Element parent, String name) {
    return children(parent, name).stream()
        .findFirst()
        .map(element -> element.getTextContent().trim())
        .orElse("");
  }

  static int number(AwsRequest request, String name, int otherwise) {
    var text = request.query().get(name).orElse("");
    if (text.isEmpty()) {
      return otherwise;
    }
    if (!text.matches("[0-9]{1,9}")) {
      throw AwsError.badRequest("InvalidArgument", "Argument " + name + " must be an integer");
    }
    return Integer.parseInt(text);
  }
}
