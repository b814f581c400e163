package io.kodedeploy.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kodedeploy.core.conformance.ScriptedServer;
import io.kodedeploy.core.conformance.Settings;
import io.kodedeploy.core.conformance.TestAuthority;
import io.kodedeploy.core.conformance.TunnelProxy;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS and proxies with real sockets and certificates of the test's own authority. */
class SecureTransportTest {
  private static final TestAuthority AUTHORITY = new TestAuthority("test authority");

  @TempDir Path directory;
  private final Map<String, String> environment = new HashMap<>();

  @Test
  void trustsTheAuthorityOfTheEnvironment() throws Exception {
    try (var server = new ScriptedServer(AUTHORITY.server())) {
      for (var variable : new String[] {"AWS_SSL_CA_BUNDLE", "SSL_CERT_FILE"}) {
        environment.clear();
        environment.put(variable, AUTHORITY.pem(directory.resolve("ca.pem")).toString());

        assertThat(client(server, "").poll()).isEmpty();
      }
      var folder = Files.createDirectory(directory.resolve("authorities"));
      new TestAuthority("another").pem(folder.resolve("another.pem"));
      AUTHORITY.pem(folder.resolve("ours.pem"));
      environment.clear();
      environment.put("AWS_SSL_CA_DIRECTORY", folder.toString());

      assertThat(client(server, "").poll()).isEmpty();
      assertThat(server.requests()).hasSize(3);
    }
  }

  @Test
  @DisplayName("HA-034 says whose certificate is not trusted, and asks again")
  void saysWhoseCertificateIsNotTrusted() throws Exception {
    try (var server = new ScriptedServer(AUTHORITY.server())) {
      var client = client(server, "");

      var failure = catchThrowableOfType(AgentException.class, client::poll);
      var again = catchThrowableOfType(AgentException.class, client::poll);

      assertThat(failure.code()).isEqualTo(ErrorCode.SERVICE_UNREACHABLE);
      assertThat(failure)
          .hasMessageContaining("Invalid server certificate of " + server.url())
          .hasMessageContaining("[CN=server 127.0.0.1 issued by CN=test authority, valid ")
          .hasMessageContaining("[CN=test authority issued by CN=test authority, valid ")
          .hasMessageContaining(" authorities of this Java runtime");
      assertThat(again).hasMessage(failure.getMessage());
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void refusesTheCertificateOfAnotherHost() {
    trustOurs();
    try (var server =
        new ScriptedServer(AUTHORITY.server("127.0.0.9", Instant.now().plusSeconds(600)))) {
      var failure = catchThrowableOfType(AgentException.class, client(server, "")::poll);

      assertThat(failure)
          .hasMessageContaining("Invalid server certificate")
          .hasMessageContaining("127.0.0.1")
          .hasMessageContaining("CN=server 127.0.0.9");
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void refusesAnExpiredCertificate() {
    trustOurs();
    try (var server =
        new ScriptedServer(AUTHORITY.server("127.0.0.1", Instant.now().minusSeconds(600)))) {
      var failure = catchThrowableOfType(AgentException.class, client(server, "")::poll);

      assertThat(failure).hasMessageContaining("Invalid server certificate");
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void refusesToStartWithoutAuthorities() throws Exception {
    environment.put(
        "AWS_SSL_CA_BUNDLE", Files.createFile(directory.resolve("empty.pem")).toString());
    try (var server = new ScriptedServer(AUTHORITY.server())) {
      var failure = catchThrowableOfType(AgentException.class, () -> client(server, ""));

      assertThat(failure.code()).isEqualTo(ErrorCode.CONFIGURATION_INVALID);
      assertThat(failure).hasMessageContaining("AWS_SSL_CA_BUNDLE " + directory);
    }
  }

  @Test
  @DisplayName("HA-033 opens a tunnel through the proxy with basic credentials")
  void opensATunnelThroughTheProxy() throws Exception {
    trustOurs();
    try (var server = new ScriptedServer(AUTHORITY.server());
        var proxy = new TunnelProxy("Basic dTpw")) {
      client(server, "proxy_uri: http://u:p@127.0.0.1:" + proxy.port()).poll();

      assertThat(proxy.requests().getLast())
          .startsWith("CONNECT 127.0.0.1:" + server.url().getPort());
      assertThat(server.requests()).hasSize(1);
      assertThat(server.last().header("Proxy-Authorization")).isEmpty();
    }
  }

  @Test
  void namesTheProxyThatRefusesItsCredentials() {
    trustOurs();
    try (var server = new ScriptedServer(AUTHORITY.server());
        var proxy = new TunnelProxy("Basic other")) {
      var client = client(server, "proxy_uri: http://u:p@127.0.0.1:" + proxy.port());

      var failure = catchThrowableOfType(AgentException.class, client::poll);

      assertThat(failure)
          .hasMessageContaining("through the proxy 127.0.0.1:" + proxy.port())
          .hasMessageContaining("407");
      assertThat(failure.getMessage()).doesNotContain("u:p").doesNotContain("dTpw");
    }
  }

  @Test
  void goesDirectlyToWhatNoProxyNames() throws Exception {
    trustOurs();
    environment.put("no_proxy", "example.com, 127.0.0.1");
    try (var server = new ScriptedServer(AUTHORITY.server());
        var proxy = new TunnelProxy("")) {
      client(server, "proxy_uri: http://127.0.0.1:" + proxy.port()).poll();

      assertThat(proxy.requests()).isEmpty();
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void aPollOverTlsIsAbortedAtOnce() throws Exception {
    trustOurs();
    try (var server = new ScriptedServer(AUTHORITY.server());
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      server.answer(_ -> new ScriptedServer.Answer(-1, ""));
      var client = client(server, "");
      var poll = threads.submit(client::poll);
      while (server.requests().isEmpty()) {
        LockSupport.parkNanos(1_000_000);
      }

      client.abortPoll();

      assertThat(poll).failsWithin(Duration.ofSeconds(5));
    }
  }

  private void trustOurs() {
    environment.put("AWS_SSL_CA_BUNDLE", AUTHORITY.pem(directory.resolve("ca.pem")).toString());
  }

  private CommandServiceClient client(ScriptedServer server, String settings) {
    return new CommandServiceClient(
        Settings.agent(directory, "deploy_control_endpoint: " + server.url() + "\n" + settings),
        Settings.identity(),
        environment,
        CallListener.NOOP,
        InstantSource.system(),
        _ -> {});
  }
}
