package io.kodedeploy.core.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.spec.BundleType;
import io.kodedeploy.core.spec.Revision;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fetches the archive of a GitHub commit (host-agent.md 7.3). */
final class GitHubBundles {
  private static final Logger log = LoggerFactory.getLogger(GitHubBundles.class);
  private static final List<Duration> PAUSES =
      List.of(Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(90));
  private static final Duration CONNECT = Duration.ofSeconds(15);
  private static final Duration ANSWER = Duration.ofSeconds(80);
  private static final Duration WHOLE = Duration.ofMinutes(30);
  private static final int MOST_REDIRECTS = 10;
  private static final Map<Integer, String> REASONS =
      Map.of(
          400, "Bad Request",
          401, "Unauthorized",
          403, "Forbidden",
          404, "Not Found",
          429, "Too Many Requests",
          500, "Internal Server Error",
          502, "Bad Gateway",
          503, "Service Unavailable",
          504, "Gateway Timeout");

  private final URI api;
  private final ProxyRules proxy;
  private final Pause pause;

  GitHubBundles(URI api, ProxyRules proxy, Pause pause) {
    this.api = api;
    this.proxy = proxy;
    this.pause = pause;
  }

  /** How the archive will be packed. */
  static BundleType type(Revision.GitHub revision) {
    return switch (revision.bundleType().orElse("tar")) {
      case "tar" -> BundleType.TAR;
      case "zip" -> BundleType.ZIP;
      case String other ->
          throw new AgentException(
              ErrorCode.BUNDLE_UNAVAILABLE,
              "GitHub revision specified with bundle_type other than zip or tar [bundle_type="
                  + other);
    };
  }

  /**
   * Fetches into a file, replacing it.
   *
   * @param token sent to the API itself, never to where it redirects
   */
  void fetch(Revision.GitHub revision, Optional<String> token, Path file)
      throws InterruptedException {
    var url = url(revision);
    var failures = new ArrayList<String>();
    try (var client = client()) {
      for (var attempt = 0; ; attempt++) {
        var failure = attempt(client, url, token, file);
        if (failure.isEmpty()) {
          return;
        }
        failures.add(failure.get());
        log.atError()
            .log("Could not download bundle at '{}'. Server returned code {}", url, failure.get());
        if (attempt == PAUSES.size()) {
          throw new AgentException(
              ErrorCode.BUNDLE_UNAVAILABLE,
              "Could not download bundle at '%s' after %d retries. Server returned codes: %s.%s"
                  .formatted(
                      url, PAUSES.size(), String.join("; ", failures), advice(failures, token)));
        }
        pause.of(PAUSES.get(attempt));
      }
    }
  }

  /** GitHub does not say that something exists to whom may not see it (13, row 30). */
  private static String advice(List<String> failures, Optional<String> token) {
    return failures.stream().noneMatch(failure -> failure.startsWith("404 "))
        ? ""
        : " Either the repository or the commit does not exist, or "
            + (token.isPresent()
                ? "the token of the deployment has no right to read it."
                : "it is private and the deployment has no token.");
  }

  private URI url(Revision.GitHub revision) {
    var ball = type(revision) == BundleType.ZIP ? "zipball" : "tarball";
    return api.resolve(
        "/repos/%s/%s/%s/%s"
            .formatted(
                segments(revision.account()),
                segments(revision.repository()),
                ball,
                segments(revision.commitId())));
  }

  /** Percent-encodes; a name may hold slashes (branches), but no segment that leads elsewhere. */
  private static String segments(String name) {
    var segments = new ArrayList<String>();
    for (var segment : name.split("/", -1)) {
      if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
        throw new AgentException(
            ErrorCode.BUNDLE_UNAVAILABLE, "GitHub revision has an impossible name '" + name + "'");
      }
      segments.add(URLEncoder.encode(segment, UTF_8).replace("+", "%20"));
    }
    return String.join("/", segments);
  }

  /** What went wrong, if something did. */
  private static Optional<String> attempt(
      HttpClient client, URI url, Optional<String> token, Path file) throws InterruptedException {
    try {
      var at = url;
      for (var redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
        var response = get(client, at, sameHost(at, url) ? token : Optional.empty(), file);
        var status = response.statusCode();
        var location = response.headers().firstValue("Location");
        if (status / 100 != 3 || location.isEmpty()) {
          return status / 100 == 2
              ? Optional.empty()
              : Optional.of(status + " '" + REASONS.getOrDefault(status, "Error") + "'");
        }
        var next = at.resolve(location.get());
        if (at.getScheme().equals("https") && !"https".equals(next.getScheme())) {
          return Optional.of(status + " 'Redirect to an unencrypted address'");
        }
        at = next;
      }
      return Optional.of("310 'Too many redirects'");
    } catch (IOException | IllegalArgumentException e) {
      if (Failures.isDiskFull(e)) {
        throw new AgentException(
            ErrorCode.DISK_FULL, "The disk is (or was) full during the download.", e);
      }
      return Optional.of(e.getClass().getSimpleName() + " '" + Failures.reason(e) + "'");
    }
  }

  private static HttpResponse<Path> get(
      HttpClient client, URI url, Optional<String> token, Path file)
      throws IOException, InterruptedException {
    Files.deleteIfExists(file);
    var request = HttpRequest.newBuilder(url).timeout(ANSWER);
    token.ifPresent(text -> request.header("Authorization", "token " + text));
    var answer = client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofFile(file));
    try {
      return answer.get(WHOLE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    } catch (TimeoutException e) {
      throw new IOException("not complete after " + WHOLE.toMinutes() + " minutes", e);
    } finally {
      answer.cancel(true);
    }
  }

  private static boolean sameHost(URI one, URI other) {
    return one.getScheme().equals(other.getScheme())
        && one.getAuthority()
            .toLowerCase(Locale.ROOT)
            .equals(other.getAuthority().toLowerCase(Locale.ROOT));
  }

  private HttpClient client() {
    return HttpClient.newBuilder()
        .connectTimeout(CONNECT)
        .followRedirects(HttpClient.Redirect.NEVER)
        .proxy(new Selector(proxy))
        .build();
  }

  /** Asks the rules for every host, also for those of redirects. */
  private static final class Selector extends ProxySelector {
    private final ProxyRules rules;

    Selector(ProxyRules rules) {
      this.rules = rules;
    }

    @Override
    public List<Proxy> select(URI uri) {
      return rules
          .forHost(uri.getHost())
          .map(proxy -> new InetSocketAddress(proxy.getHost(), port(proxy)))
          .map(address -> List.of(new Proxy(Proxy.Type.HTTP, address)))
          .orElse(List.of(Proxy.NO_PROXY));
    }

    private static int port(URI proxy) {
      if (proxy.getPort() >= 0) {
        return proxy.getPort();
      }
      return proxy.getScheme().equals("https") ? 443 : 80;
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {
      // the client reports it
    }
  }
}
