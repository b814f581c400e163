package io.kodedeploy.cli.init;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kodedeploy.cli.naming.Scope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the identity of a namespace may do: the document of {@code iam/} (it travels in the jar)
 * with this namespace's names in it.
 */
final class NamespacePolicy {
  /** Name of the inline policy, the same that {@code aws deploy register} uses. */
  static final String NAME = "codedeploy-agent";

  private static final String DOCUMENT = "/iam/codedeploy-namespace.iampolicy.json";
  private static final Pattern PLACEHOLDER =
      Pattern.compile("\\b(BUCKET|ENV|NAMESPACE|CLUSTER|REGION|ACCOUNT)\\b");

  private NamespacePolicy() {}

  /**
   * The finished document.
   *
   * @param bucket the bundles' bucket; without it every bucket of the account, under the
   *     namespace's own prefixes only
   */
  static String document(Scope scope, Optional<String> bucket, String region, String account) {
    var values =
        Map.of(
            "BUCKET", bucket.orElse("*"),
            "ENV", scope.environment(),
            "NAMESPACE", scope.namespace(),
            "CLUSTER", scope.cluster().orElseThrow(),
            "REGION", region,
            "ACCOUNT", account);
    return PLACEHOLDER
        .matcher(template())
        .replaceAll(found -> Matcher.quoteReplacement(values.get(found.group())));
  }

  private static String template() {
    try (var stream = NamespacePolicy.class.getResourceAsStream(DOCUMENT)) {
      if (stream == null) {
        throw new IllegalStateException("the jar carries no " + DOCUMENT);
      }
      return new String(stream.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
