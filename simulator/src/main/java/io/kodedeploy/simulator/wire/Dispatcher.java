package io.kodedeploy.simulator.wire;

import io.helidon.webserver.CloseConnectionException;
import io.kodedeploy.simulator.time.SimulatorClock;
import java.io.InputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From a request on the wire to the service it is meant for and back. Thread-safe. */
public final class Dispatcher {
  private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);

  private final Map<String, AwsService> services = new HashMap<>();
  private final SignatureCheck signatures;
  private final SimulatorClock clock;
  private final Faults faults;
  private final RequestLog calls;

  /** Serves the given services. */
  public Dispatcher(
      List<AwsService> services,
      CredentialDirectory credentials,
      SimulatorClock clock,
      Faults faults,
      RequestLog calls) {
    for (var service : services) {
      for (var name : service.signingNames()) {
        if (this.services.put(name, service) != null) {
          throw new IllegalArgumentException("two services are signed as " + name);
        }
      }
    }
    this.signatures = new SignatureCheck(credentials, clock, InstantSource.system());
    this.clock = clock;
    this.faults = faults;
    this.calls = calls;
  }

  /** A request as it arrived. */
  record Incoming(
      String id,
      String method,
      String rawPath,
      Parameters query,
      Headers headers,
      InputStream content,
      ClientConnection connection) {}

  /** What is known of a call while it is answered; the record of calls is written from it. */
  private static final class Progress {
    Protocol protocol = Protocol.S3;
    String service = "";
    String operation = "";
    String caller = "";
  }

  AwsResponse answer(Incoming in) throws InterruptedException {
    var time = clock.now();
    var progress = new Progress();
    progress.protocol = guess(in);
    AwsResponse response;
    var error = "";
    try {
      response = call(in, progress);
    } catch (AwsError e) {
      error = e.code();
      response = ErrorFormat.write(progress.protocol, e, in.id(), in.rawPath());
    } catch (CloseConnectionException e) {
      record(time, progress, 0, "ConnectionClosed");
      throw e;
    } catch (RuntimeException e) {
      log.atError()
          .setCause(e)
          .addKeyValue("service", progress.service)
          .addKeyValue("operation", progress.operation)
          .log("a simulated service broke");
      error = "InternalFailure";
      response =
          ErrorFormat.write(
              progress.protocol, Refusals.broken(progress.protocol), in.id(), in.rawPath());
    }
    record(time, progress, response.status(), error);
    var header = progress.protocol == Protocol.S3 ? "x-amz-request-id" : "x-amzn-RequestId";
    return response.withHeader(header, in.id());
  }

  private void record(Instant time, Progress progress, int status, String error) {
    calls.add(
        new RequestLog.Call(
            time,
            clock.now(),
            progress.service,
            progress.operation,
            progress.caller,
            status,
            error));
  }

  private AwsResponse call(Incoming in, Progress progress) throws InterruptedException {
    if (progress.protocol == Protocol.QUERY && in.headers().get("Authorization").isEmpty()) {
      var response = unsigned(in, progress);
      if (response.isPresent()) {
        return response.get();
      }
    }
    var authorization = authorization(in, progress);
    var signingName = authorization.scope().service();
    var service = services.get(signingName);
    if (service == null) {
      throw AwsError.badRequest(
          "UnknownService", "The simulator has no service that is signed as " + signingName);
    }
    progress.service = service.name();
    progress.protocol = service.protocol();
    var content = PayloadReader.open(in, service.protocol());
    var head = new SignatureCheck.Head(in.method(), in.rawPath(), in.query(), in.headers());
    var presigned = authorization.lifetimeSeconds().isPresent();
    var verified =
        signatures.verify(authorization, head, content.statedHash(presigned), service.protocol());
    progress.caller = verified.caller().arn();
    var body = content.body(verified.chunks());
    progress.operation = operation(in, service, signingName, body);
    var fault =
        faults.strike(
            Faults.Call.signed(
                service.name(),
                progress.operation,
                authorization.accessKeyId(),
                verified.caller()));
    before(fault, progress.protocol);
    var response =
        service.handle(
            new AwsRequest(
                in.id(),
                in.method(),
                in.rawPath(),
                in.query(),
                in.headers(),
                body,
                signingName,
                authorization.scope().region(),
                progress.operation,
                verified.caller(),
                clock.now(),
                in.connection()));
    if (fault.filter(f -> f.kind() == Faults.Kind.LOST_REPLY).isPresent()) {
      throw new CloseConnectionException("injected fault: lost reply");
    }
    return response;
  }

  /** Carries out one of the few operations that need no key; empty for every other request. */
  private Optional<AwsResponse> unsigned(Incoming in, Progress progress)
      throws InterruptedException {
    var body = new RequestBody(in.content(), Optional.empty());
    var form = Parameters.parse(body.text());
    var action = form.get("Action").orElse("");
    var open = services.values().stream().filter(s -> s.answersUnsigned(action)).findFirst();
    if (open.isEmpty()) {
      return Optional.empty();
    }
    var service = open.get();
    progress.service = service.name();
    progress.operation = action;
    var callers = form.get("RoleSessionName").map(Set::of).orElse(Set.of());
    before(faults.strike(new Faults.Call(service.name(), action, callers)), service.protocol());
    return Optional.of(
        service.handle(
            new AwsRequest(
                in.id(),
                in.method(),
                in.rawPath(),
                in.query(),
                in.headers(),
                body,
                service.name(),
                "",
                action,
                new Caller("anonymous", "", ""),
                clock.now(),
                in.connection())));
  }

  private static Authorization authorization(Incoming in, Progress progress) {
    try {
      return Authorization.read(in.headers(), in.query())
          .orElseThrow(() -> Refusals.unsigned(progress.protocol));
    } catch (Authorization.Unreadable e) {
      throw Refusals.unreadable(progress.protocol, String.valueOf(e.getMessage()));
    }
  }

  private void before(Optional<Faults.Fault> fault, Protocol protocol) throws InterruptedException {
    if (fault.isEmpty()) {
      return;
    }
    switch (fault.get().kind()) {
      case THROTTLE -> throw Refusals.throttled(protocol);
      case ERROR -> throw Refusals.broken(protocol);
      case EXPIRED_CREDENTIALS -> throw Refusals.expired(protocol);
      case LATENCY -> clock.signal().await(fault.get().latency(), Optional::empty);
      case LOST_REPLY -> {}
    }
  }

  private static String operation(
      Incoming in, AwsService service, String signingName, RequestBody body) {
    return switch (service.protocol()) {
      case JSON -> {
        var target = in.headers().get("X-Amz-Target").orElse("");
        var dot = target.lastIndexOf('.');
        if (dot < 0 || !service.understandsTarget(signingName, target.substring(0, dot))) {
          throw AwsError.badRequest(
              "UnknownOperationException", "X-Amz-Target is not of this service: " + target);
        }
        yield target.substring(dot + 1);
      }
      case QUERY, EC2 -> {
        var form = in.method().equals("GET") ? in.query() : Parameters.parse(body.text());
        yield form.get("Action")
            .orElseThrow(() -> AwsError.badRequest("MissingAction", "no Action in the request"));
      }
      case S3 -> service.operationOf(in.method(), in.rawPath(), in.query(), in.headers());
    };
  }

  /** The error format for a request whose service is not known (yet). */
  private static Protocol guess(Incoming in) {
    if (in.headers().get("X-Amz-Target").isPresent()) {
      return Protocol.JSON;
    }
    var form = in.headers().get("Content-Type").orElse("").contains("x-www-form-urlencoded");
    return form || in.query().has("Action") ? Protocol.QUERY : Protocol.S3;
  }

  /** How the payload is covered by the signature, and its content without framing. */
  private record PayloadReader(Incoming in, Protocol protocol, RequestBody raw) {

    static PayloadReader open(Incoming in, Protocol protocol) {
      var length = in.headers().get("Content-Length").map(Long::valueOf);
      var raw = new RequestBody(in.content(), length);
      if (protocol != Protocol.S3) {
        raw.bytes();
      }
      return new PayloadReader(in, protocol, raw);
    }

    String statedHash(boolean presigned) {
      var header = in.headers().get("x-amz-content-sha256");
      if (protocol != Protocol.S3) {
        var actual = Signature.sha256Hex(raw.bytes());
        if (header.isPresent() && !header.get().equals(actual)) {
          throw Refusals.mismatch(protocol, "x-amz-content-sha256 is not that of the body");
        }
        return actual;
      }
      if (presigned && header.isEmpty()) {
        return "UNSIGNED-PAYLOAD";
      }
      return header.orElseThrow(
          () ->
              AwsError.badRequest(
                  "InvalidRequest",
                  "Missing required header for this request: x-amz-content-sha256"));
    }

    RequestBody body(SignatureCheck.ChunkSigning chunks) {
      var stated = in.headers().get("x-amz-content-sha256").orElse("UNSIGNED-PAYLOAD");
      if (protocol != Protocol.S3 || stated.equals("UNSIGNED-PAYLOAD")) {
        return raw;
      }
      if (!stated.startsWith("STREAMING-")) {
        return new RequestBody(new HashedStream(raw.stream(), stated), raw.length());
      }
      var signed = stated.startsWith("STREAMING-AWS4-HMAC-SHA256-PAYLOAD");
      var decoded = in.headers().get("x-amz-decoded-content-length").map(Long::valueOf);
      return new RequestBody(
          new ChunkedStream(
              raw.stream(),
              signed ? Optional.of(chunks) : Optional.empty(),
              signed && stated.endsWith("-TRAILER")),
          decoded);
    }
  }
}
