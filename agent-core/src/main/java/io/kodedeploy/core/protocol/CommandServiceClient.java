package io.kodedeploy.core.protocol;

import io.kodedeploy.core.config.CodeDeployAgentConfig;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.identity.HostIdentity;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The client of one host: signs with its credentials and keeps its throttle gate. Safe for many
 * threads.
 */
public final class CommandServiceClient implements CommandService {
  private static final Logger log = LoggerFactory.getLogger(CommandServiceClient.class);

  /** Waits between attempts of a call that answers a question. */
  private static final List<Duration> SHORT =
      List.of(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(4));

  /**
   * Waits between the five attempts of a report, two minutes in all (host-agent.md section 4.3).
   */
  private static final List<Duration> LONG =
      List.of(
          Duration.ofSeconds(1),
          Duration.ofSeconds(9),
          Duration.ofSeconds(30),
          Duration.ofSeconds(80));

  private final HostIdentity identity;
  private final URI endpoint;
  private final SignedCaller caller;
  private final Pause pause;
  private final AtomicReference<@Nullable HttpURLConnection> polling = new AtomicReference<>();

  CommandServiceClient(
      CodeDeployAgentConfig config,
      HostIdentity identity,
      Map<String, String> environment,
      CallListener listener,
      InstantSource clock,
      Pause pause) {
    this.identity = identity;
    this.endpoint = Endpoint.resolve(config, identity.region(), identity.domain());
    this.caller =
        new SignedCaller(
            ServiceVariant.of(config),
            AgentVersion.of(config.rootDirectory()),
            identity,
            HttpTransport.to(endpoint, config.readTimeout(), config.proxy(), environment),
            new ThrottleGate(clock, pause, () -> ThreadLocalRandom.current().nextDouble()),
            clock,
            listener);
    this.pause = pause;
  }

  /**
   * A client for that host; nothing is sent yet.
   *
   * @param environment only for the variables that name certificate authorities and hosts that are
   *     reached without the proxy
   * @throws io.kodedeploy.core.config.ConfigRefused when the region does not go with the settings
   */
  public static CommandServiceClient open(
      CodeDeployAgentConfig config,
      HostIdentity identity,
      Map<String, String> environment,
      CallListener listener) {
    config.checkRegion(identity.region());
    return new CommandServiceClient(
        config, identity, environment, listener, InstantSource.system(), Thread::sleep);
  }

  @Override
  public Optional<PolledCommand> poll() throws InterruptedException {
    try {
      return caller.call(new PollHostCommand(identity.arn()), polling::set);
    } finally {
      polling.set(null);
    }
  }

  @Override
  public void abortPoll() {
    var connection = polling.get();
    if (connection != null) {
      connection.disconnect();
    }
  }

  @Override
  public DeploymentSpecification specification(String deploymentExecutionId)
      throws InterruptedException {
    return repeated(
        new GetDeploymentSpecification(deploymentExecutionId, identity.arn()), SHORT, _ -> {});
  }

  @Override
  public Optional<String> acknowledge(String hostCommandIdentifier, boolean noop)
      throws InterruptedException {
    return repeated(new PutHostCommandAcknowledgement(hostCommandIdentifier, noop), LONG, _ -> {});
  }

  @Override
  public void complete(String hostCommandIdentifier, Diagnostics diagnostics)
      throws InterruptedException {
    var mayHaveArrived = new AtomicBoolean();
    try {
      repeated(
          new PutHostCommandComplete(hostCommandIdentifier, diagnostics),
          LONG,
          e -> {
            if (e.code() == ErrorCode.SERVICE_UNREACHABLE || e.code() == ErrorCode.SERVICE_ERROR) {
              mayHaveArrived.set(true);
            }
          });
    } catch (AgentException e) {
      if (e.code() != ErrorCode.SERVICE_REFUSED || !mayHaveArrived.get()) {
        throw e;
      }
      log.atInfo()
          .addKeyValue("reason", e.getMessage())
          .log("a repeated report is refused: the first one has arrived");
    }
  }

  @Override
  public String endpoint() {
    return endpoint.toString();
  }

  @Override
  public void close() {
    abortPoll();
  }

  /** The same call again, as long as a later answer may be another one. */
  private <T> T repeated(Wire<T> operation, List<Duration> waits, Consumer<AgentException> failed)
      throws InterruptedException {
    for (var wait : waits) {
      try {
        return caller.call(operation, _ -> {});
      } catch (AgentException e) {
        if (e.code() == ErrorCode.SERVICE_REFUSED) {
          throw e;
        }
        failed.accept(e);
        log.atWarn()
            .addKeyValue("operation", operation.operation())
            .addKeyValue("code", e.code().id())
            .addKeyValue("reason", e.getMessage())
            .addKeyValue("waitMs", wait.toMillis())
            .log("call to the command service is repeated");
        pause.forDuration(wait);
      }
    }
    return caller.call(operation, _ -> {});
  }
}
