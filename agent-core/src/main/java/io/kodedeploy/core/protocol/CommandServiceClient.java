package io.kodedeploy.core.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kodedeploy.core.config.CodeDeployAgentConfig;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.identity.HostIdentity;
import io.kodedeploy.core.json.Json;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

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
  private final ServiceVariant variant;
  private final String version;
  private final HttpTransport transport;
  private final RequestSigner signer;
  private final ThrottleGate gate;
  private final InstantSource clock;
  private final Pause pause;
  private final CallListener listener;
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
    this.variant = ServiceVariant.of(config);
    this.version = AgentVersion.of(config.rootDirectory());
    this.transport =
        new HttpTransport(
            endpoint, config.readTimeout(), config.proxy(), TrustedAuthorities.of(environment));
    this.signer = new RequestSigner(identity.region(), variant.signingName());
    this.gate = new ThrottleGate(clock, pause, () -> ThreadLocalRandom.current().nextDouble());
    this.clock = clock;
    this.pause = pause;
    this.listener = listener;
  }

  /**
   * A client for that host; nothing is sent yet.
   *
   * @param environment only for the variables that name certificate authorities
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
      return call(new PollHostCommand(identity.arn()), polling::set);
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
    return repeated(new GetDeploymentSpecification(deploymentExecutionId, identity.arn()), SHORT);
  }

  @Override
  public Optional<String> acknowledge(String hostCommandIdentifier, boolean noop)
      throws InterruptedException {
    return repeated(new PutHostCommandAcknowledgement(hostCommandIdentifier, noop), LONG);
  }

  @Override
  public void complete(String hostCommandIdentifier, Diagnostics diagnostics)
      throws InterruptedException {
    repeated(new PutHostCommandComplete(hostCommandIdentifier, diagnostics), LONG);
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
  private <T> T repeated(Wire<T> operation, List<Duration> waits) throws InterruptedException {
    for (var wait : waits) {
      try {
        return call(operation, _ -> {});
      } catch (AgentException e) {
        if (e.code() == ErrorCode.SERVICE_REFUSED) {
          throw e;
        }
        log.atWarn()
            .addKeyValue("operation", operation.operation())
            .addKeyValue("code", e.code().id())
            .addKeyValue("reason", e.getMessage())
            .addKeyValue("waitMs", wait.toMillis())
            .log("call to the command service is repeated");
        pause.forDuration(wait);
      }
    }
    return call(operation, _ -> {});
  }

  private <T> T call(Wire<T> operation, Consumer<HttpURLConnection> opened)
      throws InterruptedException {
    gate.pass();
    var credentials = identity.credentials().resolveCredentials();
    var begun = clock.instant();
    String code = "unreachable";
    try {
      var answer = send(operation, credentials, opened);
      if (answer.status() >= 200 && answer.status() < 300) {
        code = "ok";
        gate.succeeded();
        return read(operation, answer.body());
      }
      var error = ServiceError.of(answer.status(), answer.errorType(), answer.body());
      code = error.label();
      if (error.throttling()) {
        gate.throttled();
      }
      throw error.asException(operation.operation());
    } finally {
      listener.called(
          variant.signingName(),
          operation.operation(),
          code,
          Duration.between(begun, clock.instant()));
    }
  }

  private HttpTransport.Answer send(
      Wire<?> operation, AwsCredentials credentials, Consumer<HttpURLConnection> opened) {
    byte[] body = Json.write(operation.body()).getBytes(UTF_8);
    var headers =
        Map.of(
            "Host",
            host(),
            "Content-Type",
            "application/x-amz-json-1.1",
            "X-Amz-Target",
            variant.target(operation.operation()),
            "x-amz-codedeploy-agent-version",
            version);
    return transport.post(signer.sign(headers, body, credentials, clock.instant()), body, opened);
  }

  /** As the JDK sends it: without the port when it is the scheme's own. */
  private String host() {
    int port = endpoint.getPort();
    int own = endpoint.getScheme().equals("https") ? 443 : 80;
    return port == -1 || port == own ? endpoint.getHost() : endpoint.getHost() + ":" + port;
  }

  private static <T> T read(Wire<T> operation, String body) {
    try {
      JsonNode answer = Json.read(body.isBlank() ? "{}" : body);
      return operation.read(answer);
    } catch (JacksonException e) {
      throw new AgentException(
          ErrorCode.SERVICE_ERROR,
          operation.operation() + ": the answer is no JSON: " + e.getOriginalMessage(),
          e);
    }
  }
}
