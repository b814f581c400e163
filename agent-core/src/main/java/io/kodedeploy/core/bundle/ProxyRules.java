package io.kodedeploy.core.bundle;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The proxy of this host and who is asked without it (host-agent.md 13, row 18).
 *
 * @param proxy {@code proxy_uri}, user and password included
 * @param exceptions hosts and domains of {@code no_proxy}, lower case, without a leading dot; "*"
 *     is everybody
 */
public record ProxyRules(Optional<URI> proxy, List<String> exceptions) {
  /** No proxy at all. */
  public static final ProxyRules NONE = new ProxyRules(Optional.empty(), List.of());

  /** Copies the list. */
  public ProxyRules {
    exceptions = List.copyOf(exceptions);
  }

  /**
   * The rules of a host.
   *
   * @param environment where {@code no_proxy} or {@code NO_PROXY} may stand: names separated by
   *     commas or blanks
   */
  public static ProxyRules of(Optional<URI> proxy, Map<String, String> environment) {
    var text = environment.getOrDefault("no_proxy", environment.getOrDefault("NO_PROXY", ""));
    return new ProxyRules(
        proxy,
        Stream.of(text.split("[,\\s]+"))
            .map(name -> name.toLowerCase(Locale.ROOT).replaceFirst(":\\d+$", ""))
            .map(name -> name.replaceFirst("^\\*?\\.", ""))
            .filter(name -> !name.isEmpty())
            .toList());
  }

  /** The proxy by which a host is asked; a name covers its subdomains, as curl reads it. */
  Optional<URI> forHost(String host) {
    var name = host.toLowerCase(Locale.ROOT);
    return proxy.filter(
        _ ->
            exceptions.stream()
                .noneMatch(
                    exception ->
                        exception.equals("*")
                            || name.equals(exception)
                            || name.endsWith("." + exception)));
  }

  /** Never shows the proxy's password. */
  @Override
  public String toString() {
    return "ProxyRules[proxy=%s, exceptions=%s]".formatted(proxy.map(URI::getHost), exceptions);
  }
}
