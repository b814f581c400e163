package io.kodedeploy.namespace.catchup;

import io.kodedeploy.core.config.CodeDeployAgentConfig;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.identity.HostIdentity;
import io.kodedeploy.core.protocol.CommandServiceClient;
import io.kodedeploy.core.protocol.DiagnosticCode;
import io.kodedeploy.core.protocol.Diagnostics;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** Another cluster's host: speaks the real protocol, does nothing, and fails where it is told. */
final class PlayedHost implements AutoCloseable {
  private final CommandServiceClient service;
  private final Thread thread;
  private final List<String> deployments = new CopyOnWriteArrayList<>();
  private volatile String failing = "";
  private volatile boolean closing;

  PlayedHost(Path configuration, String arn, String key, String secret) {
    var config = CodeDeployAgentConfig.read(configuration);
    var identity =
        new HostIdentity(
            arn,
            "us-west-2",
            Optional.empty(),
            Optional.empty(),
            StaticCredentialsProvider.create(AwsBasicCredentials.create(key, secret)),
            "played");
    service = CommandServiceClient.open(config, identity, Map.of(), (_, _, _, _) -> {});
    thread = Thread.ofVirtual().name("played-host").start(this::run);
  }

  /** Fails that event from now on; an empty name fails none. */
  void failIn(String event) {
    failing = event;
  }

  /** Deployments that it had commands of, one entry a command. */
  List<String> commands() {
    return deployments;
  }

  private void run() {
    while (!closing) {
      try {
        var command = service.poll();
        if (command.isPresent()) {
          var one = command.get();
          deployments.add(one.deploymentExecutionId());
          var fails = one.commandName().equals(failing);
          service.acknowledge(one.hostCommandIdentifier(), !fails);
          if (fails) {
            service.complete(
                one.hostCommandIdentifier(),
                new Diagnostics(DiagnosticCode.SCRIPT_FAILED, "x", "told to", ""));
          }
        }
      } catch (InterruptedException e) {
        return;
      } catch (AgentException e) {
        // the simulator was closed, or the command was taken back
      }
    }
  }

  @Override
  public void close() {
    closing = true;
    service.abortPoll();
    thread.interrupt();
  }
}
