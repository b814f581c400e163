package io.kodedeploy.namespace.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where the cluster's names are resolved, as scripts of the original project expect it in {@code
 * KUBE_DNS_SERVICE_HOST} and {@code KUBE_DNS_SERVICE_PORT}.
 */
final class NameServer {
  private static final String PORT = "53";

  private NameServer() {}

  /** The variables; none when no name server is known. */
  static Map<String, String> variables(Path resolvConf) {
    try (var lines = Files.lines(resolvConf)) {
      return lines
          .map(line -> line.strip().split("\\s+"))
          .filter(words -> words.length > 1 && words[0].equals("nameserver"))
          .findFirst()
          .map(words -> Map.of("KUBE_DNS_SERVICE_HOST", words[1], "KUBE_DNS_SERVICE_PORT", PORT))
          .orElse(Map.of());
    } catch (IOException e) {
      return Map.of(); // a host without the file resolves nothing
    }
  }
}
