package io.kodedeploy.core.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.identity.HostIdentity;
import io.kodedeploy.core.json.Json;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Consumer;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Makes one call: through the throttle gate, signed, its answer read. Once each, and at once, it
 * corrects what only it can correct: the date of the signature, and credentials that have been
 * replaced. Safe for many threads.
 */
final class SignedCaller {
  private final ServiceVariant variant;
  private final String version;
  private final HostIdentity identity;
  private final HttpTransport transport;
  private final RequestSigner signer;
  private final ThrottleGate gate;
  private final InstantSource clock;
  private final ServiceClock signingTime;
  private final CallListener listener;

  SignedCaller(
      ServiceVariant variant,
      String version,
      HostIdentity identity,
      HttpTransport transport,
      ThrottleGate gate,
      InstantSource clock,
      CallListener listener) {
    this.variant = variant;
    this.version = version;
    this.identity = identity;
    this.transport = transport;
    this.signer = new RequestSigner(identity.region(), variant.signingName());
    this.gate = gate;
    this.clock = clock;
    this.signingTime = new ServiceClock(clock);
    this.listener = listener;
  }

  /**
   * The answer of the service.
   *
   * @param opened hears each connection, so that another thread can end it
   * @throws AgentException as {@link CommandService} says
   */
  <T> T call(Wire<T> operation, Consumer<HttpURLConnection> opened) throws InterruptedException {
    boolean corrected = false;
    boolean renewed = false;
    while (true) {
      var credentials = identity.credentials().resolveCredentials();
      var answer = exchange(operation, credentials, opened);
      if (answer.success()) {
        return read(operation, answer.body());
      }
      var error = answer.asError();
      if (!corrected && error.skewed() && signingTime.correct(answer.date())) {
        corrected = true;
      } else if (!renewed && error.outdated() && identity.renewCredentials(credentials)) {
        renewed = true;
      } else {
        throw error.asException(operation.operation());
      }
    }
  }

  private HttpTransport.Answer exchange(
      Wire<?> operation, AwsCredentials credentials, Consumer<HttpURLConnection> opened)
      throws InterruptedException {
    long ticket = gate.pass();
    var begun = clock.instant();
    String code = "unreachable";
    try {
      var answer = send(operation, credentials, opened);
      if (answer.success()) {
        code = "ok";
        gate.succeeded(ticket);
      } else {
        var error = answer.asError();
        code = error.label();
        if (error.throttling()) {
          gate.throttled(ticket);
        }
      }
      return answer;
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
            transport.host(),
            "Content-Type",
            "application/x-amz-json-1.1",
            "X-Amz-Target",
            variant.target(operation.operation()),
            "x-amz-codedeploy-agent-version",
            version);
    return transport.post(signer.sign(headers, body, credentials, signingTime.now()), body, opened);
  }

  private static <T> T read(Wire<T> operation, String body) {
    try {
      JsonNode answer = Json.read(body.isBlank() ? "{}" : body);
      if (!answer.isObject()) {
        throw new AgentException(
            ErrorCode.SERVICE_ERROR, operation.operation() + ": the answer is no JSON object");
      }
      return operation.read(answer);
    } catch (JacksonException e) {
      throw new AgentException(
          ErrorCode.SERVICE_ERROR,
          operation.operation() + ": the answer is no JSON: " + e.getOriginalMessage(),
          e);
    }
  }
}
