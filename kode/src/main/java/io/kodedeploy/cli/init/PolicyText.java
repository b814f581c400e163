package io.kodedeploy.cli.init;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Compares policy documents by what they say. */
final class PolicyText {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private PolicyText() {}

  /** Whether what IAM returned (URL-encoded, by its API reference) is the document. */
  static boolean same(String returned, String document) {
    String text = returned.startsWith("%") ? URLDecoder.decode(returned, UTF_8) : returned;
    try {
      return JSON.readTree(text).equals(JSON.readTree(document));
    } catch (JacksonException _) {
      return false; // whatever it is, it is not our document
    }
  }
}
