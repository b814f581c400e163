package io.kodedeploy.core.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kodedeploy.core.conformance.Case;
import io.kodedeploy.core.conformance.Cases;
import io.kodedeploy.core.error.AgentException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

class OnPremisesConformanceTest {
  @TempDir Path directory;

  @TestFactory
  Stream<DynamicTest> onPremises() {
    return Cases.of("on-premises.yml", this::run);
  }

  private void run(Case given) throws Exception {
    var file = directory.resolve("onpremises.yml");
    Files.deleteIfExists(file);
    Files.deleteIfExists(directory.resolve("credentials"));
    if (given.has("file")) {
      Files.writeString(file, here(given.required("file")));
    }
    if (given.has("credentials")) {
      Files.writeString(directory.resolve("credentials"), given.required("credentials"));
    }
    if (given.has("error")) {
      var refused =
          catchThrowableOfType(AgentException.class, () -> OnPremisesIdentity.read(file, Map.of()));
      assertThat(refused).hasMessage(here(given.required("error")));
      assertThat(refused.code().id()).isEqualTo("identity-invalid");
      return;
    }

    var identity = OnPremisesIdentity.read(file, Map.of());

    assertThat(identity.map(HostIdentity::arn)).isEqualTo(given.text("arn"));
    if (identity.isPresent()) {
      check(given, identity.get());
    }
  }

  private void check(Case given, HostIdentity identity) {
    assertThat(identity.region()).isEqualTo(given.required("region"));
    assertThat(identity.domain()).isEmpty();
    if (given.has("credentialsError")) {
      var refused =
          catchThrowableOfType(
              AgentException.class, () -> identity.credentials().resolveCredentials());
      assertThat(refused).hasMessage(here(given.required("credentialsError")));
      return;
    }
    var credentials = identity.credentials().resolveCredentials();
    assertThat(credentials.accessKeyId()).isEqualTo(given.required("key"));
    assertThat(credentials.secretAccessKey()).isEqualTo(given.required("secret"));
    var token =
        credentials instanceof AwsSessionCredentials session
            ? Optional.of(session.sessionToken())
            : Optional.empty();
    assertThat(token).isEqualTo(given.text("token"));
  }

  private String here(String text) {
    return text.replace("%DIR%", directory.toString());
  }

  @Test
  @DisplayName("HA-059 takes new values when the credentials file was rewritten")
  void takesNewValuesWhenTheFileWasRewritten() throws Exception {
    var file = directory.resolve("rotating");
    Files.writeString(file, "[default]\naws_access_key_id = A\naws_secret_access_key = s\n");
    var provider = SessionFileCredentials.of(file, Map.of(), Clock.systemUTC());
    String before = provider.resolveCredentials().accessKeyId();
    Files.writeString(file, "[default]\naws_access_key_id = BB\naws_secret_access_key = s\n");

    String after = provider.resolveCredentials().accessKeyId();

    assertThat(before).isEqualTo("A");
    assertThat(after).isEqualTo("BB");
  }

  @Test
  void namesTheSessionByTheLastPartOfTheArn() {
    assertThat(
            OnPremisesIdentity.sessionName(
                "arn:aws:sts::123456789012:assumed-role/HostRole/demo-blue-shop"))
        .isEqualTo("demo-blue-shop");
  }
}
