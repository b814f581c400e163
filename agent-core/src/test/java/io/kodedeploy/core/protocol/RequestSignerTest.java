package io.kodedeploy.core.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

/** Vectors of host-agent.md section 1.5, made there by an independent tool. */
class RequestSignerTest {
  private static final byte[] BODY =
      "{\"HostIdentifier\":\"arn:aws:ec2:eu-west-1:111122223333:instance/i-0a1b2c3d4e5f60718\"}"
          .getBytes(UTF_8);
  private static final Instant NOW = Instant.parse("2026-01-05T10:11:12Z");

  @ParameterizedTest(name = "{0}")
  @DisplayName("signs as the vectors of the specification")
  @CsvSource({
    "HA-012, codedeploy-commands, CodeDeployCommandService_v20141006,"
        + " 15acc14d12fbe9af8a4e3f2f92932a942e7769c04517657e2ab558ccb99be732,"
        + " 46df1717da62f4b00628f4645746383b5603a966d3087a6143ee1156d4d5fdbd",
    "HA-013, codedeploy-commands-secure, CodeDeployCommandService,"
        + " 98360f9fd53348152a41c7e6ee34faad1e140166916098e35b62d8c683540a98,"
        + " 3b53b33598badf0fe72a2826a794e66812cc4adb4a62718c3c05b98dc1df04d5"
  })
  void signsAsTheVectors(
      String id, String service, String prefix, String canonicalHash, String signature) {
    var headers = headers(service, prefix);

    var signed =
        new RequestSigner("eu-west-1", service)
            .sign(
                headers,
                BODY,
                AwsBasicCredentials.create(
                    "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
                NOW);

    var unsigned = new TreeMap<>(signed);
    unsigned.remove("Authorization");
    assertThat(RequestSigner.hash(RequestSigner.canonical(unsigned, BODY).getBytes(UTF_8)))
        .as(id)
        .isEqualTo(canonicalHash);
    assertThat(signed.get("Authorization"))
        .as(id)
        .contains(
            "SignedHeaders=content-type;host;x-amz-codedeploy-agent-version;x-amz-date;x-amz-target,")
        .endsWith("Signature=" + signature);
  }

  @Test
  @DisplayName("HA-014 sends and signs the token of session credentials")
  void sendsAndSignsTheTokenOfSessionCredentials() {
    var signed =
        new RequestSigner("eu-west-1", "codedeploy-commands")
            .sign(
                headers("codedeploy-commands", "X"),
                BODY,
                AwsSessionCredentials.create("A", "B", "T"),
                NOW);

    assertThat(signed).containsEntry("X-Amz-Security-Token", "T");
    assertThat(signed.get("Authorization")).contains(";x-amz-security-token;");
  }

  private static Map<String, String> headers(String service, String prefix) {
    return Map.of(
        "Host",
        service + ".eu-west-1.amazonaws.com",
        "Content-Type",
        "application/x-amz-json-1.1",
        "X-Amz-Target",
        prefix + ".PollHostCommand",
        "x-amz-codedeploy-agent-version",
        "OFFICIAL_1.8.1-0_deb");
  }
}
