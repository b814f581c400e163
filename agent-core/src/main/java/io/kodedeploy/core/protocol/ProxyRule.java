package io.kodedeploy.core.protocol;

import java.net.URI;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Whether a peer is reached through {@code proxy_uri}. {@code no_proxy} (or {@code NO_PROXY}) of
 * the environment lists the exceptions as curl reads them: names with their sub-domains, addresses,
 * {@code *} for all, each with an optional port.
 */
final class ProxyRule {
  private ProxyRule() {}

  /** The proxy for that peer; empty for a direct connection. */
  static Optional<URI> of(Optional<URI> proxy, URI peer, Map<String, String> environment) {
    String exceptions =
        environment.getOrDefault("no_proxy", environment.getOrDefault("NO_PROXY", ""));
    return proxy.filter(
        _ ->
            Arrays.stream(exceptions.toLowerCase(Locale.ROOT).split("[,\\s]+"))
                .noneMatch(exception -> matches(exception, peer)));
  }

  private static boolean matches(String exception, URI peer) {
    String name = exception;
    int colon = name.lastIndexOf(':');
    if (colon >= 0 && name.substring(colon + 1).matches("\\d{1,5}")) {
      if (Integer.parseInt(name.substring(colon + 1)) != port(peer)) {
        return false;
      }
      name = name.substring(0, colon);
    }
    if (name.equals("*")) {
      return true;
    }
    name = name.startsWith(".") ? name.substring(1) : name;
    String host = peer.getHost().toLowerCase(Locale.ROOT);
    return !name.isEmpty() && (host.equals(name) || host.endsWith("." + name));
  }

  private static int port(URI peer) {
    return peer.getPort() != -1 ? peer.getPort() : peer.getScheme().equals("https") ? 443 : 80;
  }
}
