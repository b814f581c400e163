package io.kodedeploy.core.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.spec.BundleType;
import io.kodedeploy.core.spec.Revision;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HA-181 to HA-186 against a server on this machine; pauses are only noted. */
class GitHubBundlesTest {
  @TempDir Path folder;

  private final List<Duration> pauses = new ArrayList<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private HttpServer api;
  private HttpServer codeload;
  private List<Integer> statuses = List.of(200);

  @BeforeEach
  void start() throws IOException {
    api = server();
    codeload = server();
    api.createContext("/", this::answer);
    codeload.createContext(
        "/", exchange -> reply(exchange, "codeload", 200, Optional.empty(), "moved bundle"));
  }

  @AfterEach
  void stop() {
    api.stop(0);
    codeload.stop(0);
  }

  @Test
  void asksForATarballWithoutAuthorization() throws Exception {
    fetch(revision(Optional.empty()), Optional.empty());

    assertThat(requests).containsExactly("api GET /repos/a/r/tarball/c null");
    assertThat(folder.resolve("bundle.tar")).hasContent("the bundle");
  }

  @Test
  void sendsTheToken() throws Exception {
    fetch(revision(Optional.empty()), Optional.of("t"));

    assertThat(requests).containsExactly("api GET /repos/a/r/tarball/c token t");
  }

  @Test
  void asksForAZipball() throws Exception {
    fetch(revision(Optional.of("zip")), Optional.empty());

    assertThat(requests).containsExactly("api GET /repos/a/r/zipball/c null");
    assertThat(GitHubBundles.type(revision(Optional.of("zip")))).isEqualTo(BundleType.ZIP);
  }

  @Test
  void refusesOtherTypes() {
    assertThatThrownBy(() -> fetch(revision(Optional.of("tgz")), Optional.empty()))
        .hasMessage(
            "GitHub revision specified with bundle_type other than zip or tar [bundle_type=tgz");
  }

  @Test
  void givesUpAfterThreeRetries() {
    statuses = List.of(404, 404, 404, 404);

    assertThatThrownBy(() -> fetch(revision(Optional.empty()), Optional.empty()))
        .isInstanceOf(AgentException.class)
        .hasMessage(
            "Could not download bundle at '"
                + url(api)
                + "/repos/a/r/tarball/c' after 3 retries. Server returned codes: 404 'Not Found';"
                + " 404 'Not Found'; 404 'Not Found'; 404 'Not Found'. Either the repository or the"
                + " commit does not exist, or it is private and the deployment has no token.");
    assertThat(requests).hasSize(4);
    assertThat(pauses)
        .containsExactly(Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(90));
  }

  @Test
  void doubtsTheTokenToo() {
    statuses = List.of(404, 404, 404, 404);

    assertThatThrownBy(() -> fetch(revision(Optional.empty()), Optional.of("t")))
        .hasMessageEndingWith("or the token of the deployment has no right to read it.");
  }

  @Test
  void asksByTheProxyUnlessTheHostIsExcepted() throws Exception {
    var proxy = Optional.of(URI.create(url(codeload)));

    fetch(URI.create("http://api.test"), new ProxyRules(proxy, List.of("other.test")));
    fetch(URI.create(url(api)), new ProxyRules(proxy, List.of("127.0.0.1")));

    assertThat(requests)
        .containsExactly(
            "codeload GET http://api.test/repos/a/r/tarball/c null",
            "api GET /repos/a/r/tarball/c null");
  }

  @Test
  void succeedsAtTheSecondAttempt() throws Exception {
    statuses = List.of(503, 200);

    fetch(revision(Optional.empty()), Optional.empty());

    assertThat(folder.resolve("bundle.tar")).hasContent("the bundle");
    assertThat(pauses).containsExactly(Duration.ofSeconds(10));
  }

  @Test
  void retriesWhatCannotBeReached() {
    api.stop(0);

    assertThatThrownBy(() -> fetch(revision(Optional.empty()), Optional.empty()))
        .hasMessageContaining("after 3 retries. Server returned codes: ConnectException");
    assertThat(pauses).hasSize(3);
  }

  @Test
  void keepsTheTokenFromTheHostItIsSentTo() throws Exception {
    statuses = List.of(302);

    fetch(revision(Optional.empty()), Optional.of("t"));

    assertThat(requests)
        .containsExactly("api GET /repos/a/r/tarball/c token t", "codeload GET /x null");
    assertThat(folder.resolve("bundle.tar")).hasContent("moved bundle");
  }

  @Test
  void refusesNamesThatLeadElsewhere() {
    assertThatThrownBy(
            () ->
                fetch(
                    new Revision.GitHub("a", "r", "../../../user", Optional.empty()),
                    Optional.of("t")))
        .hasMessageContaining("impossible name");
    assertThat(requests).isEmpty();
  }

  private void fetch(Revision.GitHub revision, Optional<String> token) throws InterruptedException {
    new GitHubBundles(URI.create(url(api)), ProxyRules.NONE, pauses::add)
        .fetch(revision, token, folder.resolve("bundle.tar"));
  }

  private void fetch(URI from, ProxyRules proxy) throws Exception {
    new GitHubBundles(from, proxy, pauses::add)
        .fetch(revision(Optional.empty()), Optional.empty(), folder.resolve("bundle.tar"));
  }

  private static Revision.GitHub revision(Optional<String> type) {
    return new Revision.GitHub("a", "r", "c", type);
  }

  private void answer(HttpExchange exchange) throws IOException {
    var status = statuses.get(Math.min(requests.size(), statuses.size() - 1));
    reply(
        exchange,
        "api",
        status,
        status == 302 ? Optional.of(url(codeload) + "/x") : Optional.empty(),
        "the bundle");
  }

  private void reply(
      HttpExchange exchange, String name, int status, Optional<String> location, String body)
      throws IOException {
    requests.add(
        "%s %s %s %s"
            .formatted(
                name,
                exchange.getRequestMethod(),
                exchange.getRequestURI(),
                exchange.getRequestHeaders().getFirst("Authorization")));
    location.ifPresent(url -> exchange.getResponseHeaders().add("Location", url));
    var bytes = ScriptedS3.bytes(body);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static HttpServer server() throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.start();
    return server;
  }

  private static String url(HttpServer server) {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }
}
