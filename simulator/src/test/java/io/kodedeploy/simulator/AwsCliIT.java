package io.kodedeploy.simulator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kodedeploy.simulator.conformance.ScriptedHost;
import io.kodedeploy.simulator.wire.Caller;
import io.kodedeploy.simulator.wire.Credential;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The unmodified {@code aws} CLI against the simulator; skipped where there is none. */
@Timeout(300)
class AwsCliIT {
  private static final String LOCATION = "bucket=b,key=r1.zip,bundleType=zip,eTag=abc";

  private Simulator simulator;
  private SignedClient administrator;

  private record Result(int exit, String output, String errors) {}

  @BeforeEach
  void start() throws Exception {
    assumeTrue(isInstalled(), "the aws CLI is not installed: its tests are skipped");
    var arn = ScriptedHost.identity("n1");
    var caller = new Caller(arn, "123456789012", "AIDAN1");
    simulator =
        Simulator.start(
            SimulatorSettings.onAnyPort()
                .withCredentials(List.of(Credential.longLived("KEYn1", "n1", caller))));
    administrator = SignedClient.administrator(simulator.url());
    succeed("create-application --application-name app");
    succeed("register-on-premises-instance --instance-name n1 --iam-user-arn " + arn);
    succeed("add-tags-to-on-premises-instances --instance-names n1 --tags Key=env,Value=prod");
    succeed(
        "create-deployment-group --application-name app --deployment-group-name g"
            + " --service-role-arn arn:aws:iam::123456789012:role/codedeploy"
            + " --on-premises-instance-tag-filters Key=env,Value=prod,Type=KEY_AND_VALUE");
  }

  private static boolean isInstalled() throws InterruptedException {
    try {
      return new ProcessBuilder("aws", "--version")
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  @AfterEach
  void stop() {
    if (simulator != null) {
      administrator.close();
      simulator.close();
    }
  }

  @Test
  void deploysWaitsAndListsTheTargets() throws Exception {
    try (var _ = host(Map.of())) {
      var id = deploy();

      succeed("wait deployment-successful --deployment-id " + id);

      var targets = succeed("list-deployment-targets --output text --deployment-id " + id);
      assertThat(targets.strip()).isEqualTo("TARGETIDS\tn1");
    }
  }

  @Test
  void waitingForAFailedDeploymentEndsWith255() throws Exception {
    try (var _ = host(Map.of("Install", "fail"))) {
      var id = deploy();

      var result = aws("wait deployment-successful --deployment-id " + id);

      assertThat(result.exit()).isEqualTo(255);
      assertThat(result.errors()).contains("terminal failure state");
    }
  }

  @Test
  void anUnknownApplicationIsNamedByItsCode() throws Exception {
    var result = aws("get-application --application-name nope");

    assertThat(result.exit()).isIn(254, 255);
    assertThat(result.errors())
        .contains("(ApplicationDoesNotExistException)", "No application found for name: nope");
  }

  private ScriptedHost host(Map<String, String> script) {
    return new ScriptedHost(
        "n1", administrator, script, new CopyOnWriteArrayList<>(), new CountDownLatch(0));
  }

  private String deploy() throws Exception {
    return succeed(
            "create-deployment --application-name app --deployment-group-name g --output text"
                + " --s3-location "
                + LOCATION)
        .strip();
  }

  private String succeed(String command) throws Exception {
    var result = aws(command);
    assertThat(result.exit()).as("%s: %s", command, result.errors()).isZero();
    return result.output();
  }

  private Result aws(String command) throws Exception {
    var words = Stream.concat(Stream.of("aws", "deploy"), Stream.of(command.split(" "))).toList();
    var builder = new ProcessBuilder(words);
    builder
        .environment()
        .putAll(
            Map.of(
                "AWS_ENDPOINT_URL", simulator.url().toString(),
                "AWS_ACCESS_KEY_ID", "test",
                "AWS_SECRET_ACCESS_KEY", "test",
                "AWS_DEFAULT_REGION", "us-west-2",
                "AWS_PAGER", ""));
    var process = builder.start();
    process.getOutputStream().close();
    var errors = new StringBuilder();
    var reader =
        Thread.startVirtualThread(
            () -> {
              try {
                errors.append(new String(process.getErrorStream().readAllBytes(), UTF_8));
              } catch (IOException e) {
                errors.append(e);
              }
            });
    var output = new String(process.getInputStream().readAllBytes(), UTF_8);
    reader.join();
    return new Result(process.waitFor(), output, errors.toString());
  }
}
