package io.kodedeploy.namespace.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.namespace.manifest.Protection;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Server and client over a real socket. */
class BundleDeliveryTest {
  private static final String TOKEN = "a-token";

  @TempDir Path folder;
  private Path bundle;
  private Path target;
  private BundleServer server;

  @BeforeEach
  void bundleWithEverything() throws IOException {
    bundle = Files.createDirectories(folder.resolve("bundle"));
    Files.writeString(bundle.resolve("appspec.yml"), "version: 0.0\n");
    Files.createDirectories(bundle.resolve("scripts"));
    Files.writeString(bundle.resolve("scripts/run.sh"), "#!/bin/sh\n");
    Files.setPosixFilePermissions(
        bundle.resolve("scripts/run.sh"), PosixFilePermissions.fromString("rwxr-x--x"));
    Files.createSymbolicLink(bundle.resolve("link"), Path.of("scripts/run.sh"));
    Files.writeString(bundle.resolve("n".repeat(120) + "-\u00e4"), "long name");
    target = Files.createDirectories(folder.resolve("target"));
    server = server();
  }

  private static BundleServer server() {
    return new BundleServer(
        new RunSettings(
            "shop",
            Optional.of("agent:1"),
            "Never",
            List.of(),
            "kodedeploy-apply",
            List.of(),
            "127.0.0.1",
            "127.0.0.1",
            0,
            List.of(),
            Protection.BUILT_IN));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private BundleFetch fetch(String token, String certificate) throws IOException {
    var secret = Files.createDirectories(folder.resolve("secret"));
    Files.writeString(secret.resolve("token"), token);
    Files.writeString(secret.resolve("certificate"), certificate);
    return new BundleFetch(URI.create(server.url("job")), secret, target);
  }

  @Test
  void bringsFilesModesAndLinks() throws Exception {
    try (var _ = server.offer("job", TOKEN, List.of(bundle, bundle.resolve("scripts")))) {
      fetch(TOKEN, server.certificate()).attempt();
    }

    assertThat(target.resolve("0/appspec.yml")).hasContent("version: 0.0");
    assertThat(Files.getPosixFilePermissions(target.resolve("0/scripts/run.sh")))
        .isEqualTo(PosixFilePermissions.fromString("rwxr-x--x"));
    assertThat(Files.readSymbolicLink(target.resolve("0/link")))
        .isEqualTo(Path.of("scripts/run.sh"));
    assertThat(target.resolve("0/" + "n".repeat(120) + "-\u00e4")).hasContent("long name");
    assertThat(target.resolve("1/run.sh")).isExecutable();
  }

  @Test
  void endsTheTokenWithTheAcknowledgement() throws Exception {
    try (var _ = server.offer("job", TOKEN, List.of(bundle))) {
      var fetch = fetch(TOKEN, server.certificate());
      fetch.attempt();

      assertThatThrownBy(fetch::attempt).hasMessageContaining("410");
    }
  }

  @Test
  void servesAgainAfterARestartWithAnotherCertificate() throws Exception {
    try (var _ = server.offer("job", TOKEN, List.of(bundle))) {
      fetch(TOKEN, server.certificate());
    }
    server.close();
    server = server();

    try (var _ = server.offer("job", TOKEN, List.of(bundle))) {
      fetch(TOKEN, server.certificate()).attempt();
    }

    assertThat(target.resolve("0/appspec.yml")).exists();
  }

  @Test
  void refusesAnotherToken() throws Exception {
    try (var _ = server.offer("job", TOKEN, List.of(bundle))) {
      var fetch = fetch("guessed", server.certificate());

      assertThatThrownBy(fetch::attempt).hasMessageContaining("401");
    }
  }

  @Test
  void speaksToNoServerWithAnotherCertificate() throws Exception {
    try (var _ = server.offer("job", TOKEN, List.of(bundle))) {
      var fetch = fetch(TOKEN, "0".repeat(64));

      assertThatThrownBy(fetch::attempt).hasMessageContaining("not the agent's certificate");
    }
    assertThat(target).isEmptyDirectory();
  }

  @Test
  void offersNothingWhenTheJobIsOver() throws Exception {
    server.offer("job", TOKEN, List.of(bundle)).close();
    var fetch = fetch(TOKEN, server.certificate());

    assertThatThrownBy(fetch::attempt).hasMessageContaining("404");
  }

  @Test
  void replacesWhatABrokenDownloadLeft() throws Exception {
    Files.createDirectories(target.resolve("0/scripts"));
    Files.writeString(target.resolve("0/scripts/half"), "half");

    try (var _ = server.offer("job", TOKEN, List.of(bundle))) {
      fetch(TOKEN, server.certificate()).attempt();
    }

    assertThat(target.resolve("0/scripts/half")).doesNotExist();
  }
}
