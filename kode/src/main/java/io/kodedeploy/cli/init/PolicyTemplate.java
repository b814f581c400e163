package io.kodedeploy.cli.init;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A document of {@code iam/}, which travels in the jar, with names in place of its capitals. */
final class PolicyTemplate {
  private static final Pattern PLACEHOLDER =
      Pattern.compile(
          "\\b(BUCKET|ENV|NAMESPACE|CLUSTER|REGION|ACCOUNT|PARTITION|PROVIDER|PRINCIPAL|EKSCLUSTER"
              + "|SERVICEACCOUNT|SESSION)\\b");

  private PolicyTemplate() {}

  /**
   * The finished document.
   *
   * @param name of the file, without its folder
   * @param values by placeholder; each one that the document names must be there
   */
  static String fill(String name, Map<String, String> values) {
    return PLACEHOLDER
        .matcher(text(name))
        .replaceAll(
            found -> {
              String value = values.get(found.group());
              if (value == null) {
                throw new IllegalStateException(name + " wants a value for " + found.group());
              }
              return Matcher.quoteReplacement(value);
            });
  }

  private static String text(String name) {
    try (var stream = PolicyTemplate.class.getResourceAsStream("/iam/" + name)) {
      if (stream == null) {
        throw new IllegalStateException("the jar carries no iam/" + name);
      }
      return new String(stream.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
