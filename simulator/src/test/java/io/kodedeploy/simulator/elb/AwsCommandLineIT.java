package io.kodedeploy.simulator.elb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kodedeploy.simulator.Simulator;
import io.kodedeploy.simulator.SimulatorSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The unmodified {@code aws} command line against a simulator, where one is installed. */
class AwsCommandLineIT {
  @TempDir private Path home;

  @Test
  void describesTargetHealthAndAutoScalingGroups() throws Exception {
    assumeTrue(isInstalled(), "no aws command line on the PATH");
    try (var simulator = Simulator.start(SimulatorSettings.onAnyPort())) {
      var cluster =
          Clients.admin(simulator, "POST", "/clusters", "{\"name\":\"blue\",\"nodes\":2}");
      var instance = cluster.path("nodes").path(0).path("instanceId").asString();

      var group =
          aws(
                  simulator,
                  "elbv2 create-target-group --name web --protocol HTTP --port 30080 --vpc-id"
                      + " vpc-1")
              .path("TargetGroups")
              .path(0)
              .path("TargetGroupArn")
              .asString();
      aws(
          simulator,
          "elbv2 register-targets --target-group-arn " + group + " --targets Id=" + instance);
      var health = aws(simulator, "elbv2 describe-target-health --target-group-arn " + group);
      var groups =
          aws(
              simulator,
              "autoscaling describe-auto-scaling-groups --auto-scaling-group-names blue-nodes");

      var described = health.path("TargetHealthDescriptions").path(0);
      assertThat(described.path("Target").path("Id").asString()).isEqualTo(instance);
      assertThat(described.path("Target").path("Port").asInt()).isEqualTo(30080);
      assertThat(described.path("TargetHealth").path("Reason").asString())
          .isEqualTo("Target.NotInUse");
      var shown = groups.path("AutoScalingGroups").path(0);
      assertThat(shown.path("DesiredCapacity").asInt()).isEqualTo(2);
      assertThat(shown.path("Instances").path(0).path("LifecycleState").asString())
          .isEqualTo("InService");
    }
  }

  private JsonNode aws(Simulator simulator, String arguments)
      throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("aws", "--output", "json"));
    command.addAll(List.of(arguments.split(" ", -1)));
    var errors = home.resolve("errors");
    var process = new ProcessBuilder(command).redirectError(errors.toFile());
    var environment = process.environment();
    environment.put("HOME", home.toString());
    environment.put("AWS_ENDPOINT_URL", simulator.url().toString());
    environment.put("AWS_ACCESS_KEY_ID", "test");
    environment.put("AWS_SECRET_ACCESS_KEY", "test");
    environment.put("AWS_DEFAULT_REGION", "us-west-2");
    var running = process.start();
    var output = new String(running.getInputStream().readAllBytes(), UTF_8);
    assertThat(running.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(running.exitValue()).as(Files.readString(errors)).isZero();
    return new JsonMapper().readTree(output.isEmpty() ? "{}" : output);
  }

  private static boolean isInstalled() {
    return Stream.of(System.getenv("PATH").split(":", -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "aws")));
  }
}
