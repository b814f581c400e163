package io.kodedeploy.core.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kodedeploy.core.json.Json;
import io.kodedeploy.core.spec.AppSpec;
import io.kodedeploy.core.spec.AppSpecReader;
import io.kodedeploy.core.spec.DeploymentSpec;
import io.kodedeploy.core.spec.DeploymentSpecReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import tools.jackson.databind.JsonNode;

/** What every command costs before its work begins, in parts. Run by {@code bench/run parts}. */
@State(Scope.Benchmark)
public class PartsBench {
  private static final Path CASES = Path.of("agent-core/src/test/resources/conformance");
  private static final String APP_SPEC =
      """
      version: 0.0
      os: linux
      files:
        - source: app
          destination: /srv/app
        - source: /conf/app.conf
          destination: /etc/app
      permissions:
        - object: /srv/app
          owner: app
          group: app
          mode: 755
          type: [directory]
      hooks:
        ApplicationStop:
          - {location: scripts/stop.sh, timeout: 60}
        BeforeInstall:
          - {location: scripts/before.sh, timeout: 300, runas: root}
        ApplicationStart:
          - {location: scripts/start.sh, timeout: 300}
        ValidateService:
          - {location: scripts/validate.sh}
      """;

  private final String signed = read("vector.pem");
  private final byte[] appSpec = APP_SPEC.getBytes(UTF_8);
  private final Path appSpecFile = Path.of("appspec.yml");
  private final RequestSigner signer = new RequestSigner("us-west-2", "codedeploy-commands");
  private final AwsCredentials credentials = AwsBasicCredentials.create("AKIDEXAMPLE", "secret");
  private final byte[] body =
      "{\"HostIdentifier\":\"arn:aws:ec2:us-west-2:1:instance/i\"}".getBytes(UTF_8);
  private final Map<String, String> headers =
      Map.of(
          "Host",
          "codedeploy-commands.us-west-2.amazonaws.com",
          "Content-Type",
          "application/x-amz-json-1.1",
          "X-Amz-Target",
          "CodeDeployCommandService_v20141006.PollHostCommand",
          "x-amz-codedeploy-agent-version",
          "OFFICIAL_1.8.1_rpm");
  private final Instant now = Instant.parse("2026-01-05T10:11:12Z");
  private final String answer =
      "{\"HostCommand\":{\"HostCommandIdentifier\":\"WyJjb20uYW1hem9uIl0=\",\"HostIdentifier\":"
          + "\"arn:aws:ec2:us-west-2:1:instance/i\",\"DeploymentExecutionId\":\"arn:x\","
          + "\"CommandName\":\"BeforeInstall\",\"Nonce\":1}}";

  private static String read(String name) {
    try {
      return Files.readString(CASES.resolve(name));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Signature, certificate and members of a specification. */
  @Benchmark
  public DeploymentSpec specification() {
    return DeploymentSpecReader.readSigned("PKCS7/JSON", signed);
  }

  /** An AppSpec of ordinary size. */
  @Benchmark
  public AppSpec appSpec() {
    return AppSpecReader.read(appSpecFile, appSpec);
  }

  /** The headers of one call. */
  @Benchmark
  public Map<String, String> signature() {
    return signer.sign(headers, body, credentials, now);
  }

  /** The answer of a poll. */
  @Benchmark
  public JsonNode json() {
    return Json.read(answer);
  }
}
