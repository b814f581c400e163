package io.kodedeploy.core.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.core.command.Host;
import io.kodedeploy.core.command.HostListener;
import io.kodedeploy.core.command.HostSettings;
import io.kodedeploy.core.config.CodeDeployAgentConfig;
import io.kodedeploy.core.conformance.Awaited;
import io.kodedeploy.core.identity.OnPremisesIdentity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.codedeploy.model.DeploymentStatus;
import software.amazon.awssdk.services.codedeploy.model.LifecycleErrorCode;
import software.amazon.awssdk.services.codedeploy.model.LifecycleEvent;

/** A host against the simulated service, over sockets and files alone. */
class HostEndToEndIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path directory;
  private final Service service = new Service();
  private Path config = Path.of("/");

  @BeforeEach
  void writeSettings() throws Exception {
    config = service.settings(directory);
  }

  @AfterEach
  void stop() {
    service.close();
  }

  @Test
  void installsABundleAndRunsItsScripts() throws Exception {
    try (var _ = new InProcess()) {
      String deployment =
          service.deploy(
              bundle("echo $LIFECYCLE_EVENT of $APPLICATION_NAME > " + directory + "/ran\n"));

      assertThat(service.ended(deployment).status()).isEqualTo(DeploymentStatus.SUCCEEDED);
      assertThat(directory.resolve("installed/page.html")).hasContent("hello");
      assertThat(directory.resolve("ran"))
          .content()
          .isEqualToIgnoringNewLines("AfterInstall of app");
    }
  }

  @Test
  void tellsTheServiceWhyAScriptFailed() throws Exception {
    try (var _ = new InProcess()) {
      String deployment = service.deploy(bundle("echo lock held >&2\nexit 3\n"));

      assertThat(service.ended(deployment).status()).isEqualTo(DeploymentStatus.FAILED);
      var diagnostics = event(deployment, "AfterInstall").diagnostics();
      assertThat(diagnostics.errorCode()).isEqualTo(LifecycleErrorCode.SCRIPT_FAILED);
      assertThat(diagnostics.scriptName()).isEqualTo("after.sh");
      assertThat(diagnostics.message())
          .isEqualTo("Script at specified location: after.sh failed with exit code 3");
      assertThat(diagnostics.logTail()).contains("[stderr]lock held");
    }
  }

  @Test
  void survivesThrottlingAndLostReplies() throws Exception {
    service.fault("PollHostCommand", "lost-reply", 1);
    service.fault("GetDeploymentSpecification", "throttle", 1);
    service.fault("PutHostCommandAcknowledgement", "error", 1);
    service.fault("PutHostCommandComplete", "lost-reply", 1);
    try (var _ = new InProcess()) {
      String deployment = service.deploy(bundle("exit 0\n"));

      assertThat(service.ended(deployment).status()).isEqualTo(DeploymentStatus.SUCCEEDED);
    }
  }

  @Test
  void reportsOnceAndWorksOnAfterItWasKilled() throws Exception {
    var gate = directory.resolve("gate");
    var first = process();
    try {
      String deployment =
          service.deploy(
              bundle(
                  "touch %s.waits\nwhile [ -d %s ] && [ ! -e %s ]; do sleep 0.1; done\n"
                      .formatted(gate, directory, gate)));
      Awaited.within(LIMIT, "the script runs", () -> Files.exists(directory.resolve("gate.waits")));
      long before = service.calls("PutHostCommandComplete");

      first.destroyForcibly().waitFor();
      var second = process();
      try {
        assertThat(service.ended(deployment).status()).isEqualTo(DeploymentStatus.FAILED);
        assertThat(event(deployment, "AfterInstall").diagnostics().message())
            .isEqualTo("Failed: Failing in-progress lifecycle event after an agent restart.");
        assertThat(service.calls("PutHostCommandComplete")).isEqualTo(before + 1);

        String next = service.deploy(bundle("exit 0\n"));

        assertThat(service.ended(next).status()).isEqualTo(DeploymentStatus.SUCCEEDED);
      } finally {
        second.destroyForcibly().waitFor();
      }
    } finally {
      Files.writeString(gate, "open"); // the orphaned script ends
      first.destroyForcibly().waitFor();
    }
  }

  private LifecycleEvent event(String deployment, String name) {
    return service.target(deployment).lifecycleEvents().stream()
        .filter(event -> event.lifecycleEventName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private Map<String, String> bundle(String afterInstall) {
    return Map.of(
        "appspec.yml",
        """
        version: 0.0
        os: linux
        files:
          - source: page.html
            destination: %s/installed
        file_exists_behavior: OVERWRITE
        hooks:
          AfterInstall:
            - location: after.sh
              timeout: 60
        """
            .formatted(directory),
        "page.html",
        "hello",
        "after.sh",
        "#!/bin/sh\n" + afterInstall);
  }

  private Process process() throws Exception {
    return HostProcess.start(config, directory, List.of());
  }

  /** A host in this process. */
  private final class InProcess implements AutoCloseable {
    private final Host host;
    private final Thread thread;

    InProcess() {
      var settings = CodeDeployAgentConfig.read(config);
      var identity = OnPremisesIdentity.read(settings.onPremisesFile(), Map.of()).orElseThrow();
      host =
          Host.open(
              new HostSettings(settings, Map.of("PATH", "/usr/bin:/bin"), true),
              identity,
              List.of(),
              HostListener.NOOP);
      thread =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      host.run();
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                  });
    }

    @Override
    public void close() {
      host.stop();
      try {
        thread.join(20_000);
      } catch (InterruptedException e) {
        throw new AssertionError("interrupted", e);
      }
      host.close();
    }
  }
}
