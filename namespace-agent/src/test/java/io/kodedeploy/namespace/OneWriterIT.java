package io.kodedeploy.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.codedeploy.model.DeploymentStatus;

/** One agent only works for a namespace, whatever happens to it or to the API server. */
@ExtendWith(RealKubernetes.Extension.class)
class OneWriterIT {
  private static final String STANDBY = "lease.mode: standby\n";
  @TempDir Path folder;
  private final SimulatedAws aws = new SimulatedAws();
  private RealKubernetes kubernetes;
  private String namespace;

  @BeforeEach
  void host(RealKubernetes shared) {
    kubernetes = shared;
    namespace = shared.newNamespace();
    aws.registerHost(namespace);
    aws.createApplication("web", namespace);
  }

  @AfterEach
  void end() {
    aws.close();
  }

  private AgentProcess agent(String name, String settings)
      throws IOException, InterruptedException {
    var own = Files.createDirectory(folder.resolve(name));
    return new AgentProcess(own, aws, kubernetes, namespace, STANDBY + settings).started();
  }

  /** A bundle whose hook says that it runs and waits for a file. */
  private Map<String, String> bundle(String word) {
    return Map.of(
        "appspec.yml",
        """
        version: 0.0
        os: linux
        kodedeploy: {apply: [{path: deploy}]}
        hooks: {BeforeInstall: [{location: slow.sh}]}
        """,
        "deploy/app.yaml",
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings-%s}
        data: {colour: blue}
        """
            .formatted(word),
        "slow.sh",
        """
        #!/bin/sh
        touch %1$s/begun-%2$s
        while [ ! -e %1$s/go-%2$s ]; do sleep 0.1; done
        """
            .formatted(folder, word));
  }

  private void awaitBegun(String word) throws InterruptedException {
    Await.until(
        Duration.ofSeconds(60),
        () -> "never begun",
        () -> Files.exists(folder.resolve("begun-" + word)));
  }

  private void letGo(String word) throws IOException {
    Files.createFile(folder.resolve("go-" + word));
  }

  private boolean holds(AgentProcess agent) throws IOException, InterruptedException {
    return agent.status().path("lease").path("holds").asBoolean();
  }

  private int reports() throws IOException, InterruptedException {
    return aws.requests("codedeploy-commands", "PutHostCommandComplete").size();
  }

  @Test
  void aReadyStandbyTakesOverWithinFifteenSecondsAndTheRunningCommandIsReportedOnce()
      throws Exception {
    try (var first = agent("first", "");
        var second = agent("second", "")) {
      Await.until(Duration.ofSeconds(20), () -> "nobody leads", () -> holds(first));
      Await.until(
          Duration.ofSeconds(20),
          () -> "the standby is not ready",
          () -> second.get("/health/ready").startsWith("200"));
      assertThat(second.status().path("state").asString()).isEqualTo("waiting");
      assertThat(second.get("/metrics")).containsPattern("kodedeploy_leader\\{[^}]*\\} 0");
      var deployment = aws.deploy("web", namespace, bundle("a"));
      awaitBegun("a");
      var before = reports();

      first.kill();
      var died = System.nanoTime();

      Await.until(Duration.ofSeconds(30), () -> "no fail-over", () -> holds(second));
      assertThat(Duration.ofNanos(System.nanoTime() - died)).isLessThan(Duration.ofSeconds(15));
      assertThat(aws.awaitEnd(deployment).status()).isEqualTo(DeploymentStatus.FAILED);
      assertThat(aws.target(deployment).lifecycleEvents().toString())
          .contains("script interrupted by an agent restart");
      assertThat(reports()).isEqualTo(before + 1);
      letGo("a");
      letGo("b");
      assertThat(aws.awaitEnd(aws.deploy("web", namespace, bundle("b"))).status())
          .isEqualTo(DeploymentStatus.SUCCEEDED);
    }
  }

  @Test
  void whileTheApiServerIsAwayTheHolderFinishesItsCommandAndTakesNoNewOne() throws Exception {
    var kubeconfig = Files.readString(kubernetes.kubeconfig());
    var port = kubeconfig.replaceFirst("(?s).*127\\.0\\.0\\.1:(\\d+).*", "$1");
    try (var line = new CutLine(Integer.parseInt(port))) {
      var file = folder.resolve("line.conf");
      Files.writeString(file, kubeconfig.replace(":" + port + "\"", ":" + line.port() + "\""));
      try (var agent = agent("only", "kubernetes.kubeconfig: " + file + "\n")) {
        var running = aws.deploy("web", namespace, bundle("a"));
        awaitBegun("a");
        var before = reports();

        line.cut();
        Await.until(Duration.ofSeconds(30), () -> "still sure", () -> !holds(agent));
        letGo("a");
        aws.createApplication("other", namespace);
        letGo("b");
        var next = aws.deploy("other", namespace, bundle("b"));

        Await.until(
            Duration.ofSeconds(10),
            () -> "says nothing",
            () ->
                agent.status().path("lease").path("problem").asString("").contains("unreachable"));
        assertThat(agent.get("/health/live")).startsWith("200");
        assertThat(agent.get("/health/ready")).startsWith("503");
        assertThat(reports()).as("its result cannot be noted yet").isEqualTo(before);
        assertThat(Files.exists(folder.resolve("begun-b"))).isFalse();

        line.mend();
        assertThat(aws.awaitEnd(running).status())
            .as(() -> aws.target(running).lifecycleEvents().toString())
            .isEqualTo(DeploymentStatus.SUCCEEDED);
        assertThat(aws.awaitEnd(next).status()).isEqualTo(DeploymentStatus.SUCCEEDED);
      }
    }
  }
}
