package io.kodedeploy.simulator.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kodedeploy.simulator.time.SimulatorClock;
import java.net.URLDecoder;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Verifies signatures against the directory of keys. The time of signing is compared with the
 * machine's clock, because that is what clients read; expiry of credentials with the simulator's.
 */
final class SignatureCheck {
  private static final Duration SKEW = Duration.ofMinutes(15);
  private static final DateTimeFormatter BASIC =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private final CredentialDirectory credentials;
  private final SimulatorClock clock;
  private final InstantSource machine;

  SignatureCheck(CredentialDirectory credentials, SimulatorClock clock, InstantSource machine) {
    this.credentials = credentials;
    this.clock = clock;
    this.machine = machine;
  }

  /**
   * A verified request head.
   *
   * @param chunks what is needed to verify the chunks of an aws-chunked body
   */
  record Verified(Caller caller, ChunkSigning chunks) {}

  /** Key and first signature of the chain that signs an aws-chunked body. */
  @SuppressWarnings("ArrayRecordComponent") // a key, never compared
  record ChunkSigning(byte[] key, String time, Authorization.Scope scope, String seed) {}

  /** The head of a request, as far as the signature covers it. */
  record Head(String method, String rawPath, Parameters query, Headers headers) {}

  /**
   * Verifies the head; the payload hash is taken as stated here and checked while the body is read.
   *
   * @throws AwsError in the protocol's words
   */
  Verified verify(Authorization authorization, Head head, String payloadHash, Protocol protocol) {
    var credential =
        credentials
            .find(authorization.accessKeyId())
            .orElseThrow(() -> Refusals.unknownKey(protocol, authorization.accessKeyId()));
    if (!credential.sessionToken().equals(authorization.sessionToken())) {
      throw Refusals.wrongToken(protocol);
    }
    checkTime(authorization, protocol);
    var canonical =
        Signature.canonicalRequest(
            head.method(),
            canonicalPath(head.rawPath(), protocol),
            head.query(),
            head.headers(),
            authorization.signedHeaders(),
            payloadHash);
    var key = Signature.signingKey(credential.secretKey(), authorization.scope());
    var text = Signature.stringToSign(authorization.time(), authorization.scope(), canonical);
    var expected = HexFormat.of().formatHex(Signature.hmac(key, text));
    if (!authorization.signedHeaders().contains("host")) {
      throw Refusals.mismatch(protocol, "the header host is not signed");
    }
    if (!Signature.same(expected, authorization.signature())) {
      throw Refusals.mismatch(protocol, "check the secret key and the signing method");
    }
    if (credential.expiry().filter(e -> !clock.now().isBefore(e)).isPresent()) {
      throw Refusals.expired(protocol);
    }
    return new Verified(
        credential.caller(),
        new ChunkSigning(key, authorization.time(), authorization.scope(), expected));
  }

  private void checkTime(Authorization authorization, Protocol protocol) {
    var signed = parse(authorization.time());
    if (signed.isEmpty() || !authorization.time().startsWith(authorization.scope().date())) {
      throw Refusals.unreadable(protocol, "X-Amz-Date is not the date of the credential scope");
    }
    var now = machine.instant();
    var end =
        authorization
            .lifetimeSeconds()
            .map(s -> signed.get().plusSeconds(s))
            .orElse(signed.get().plus(SKEW));
    if (now.isAfter(end) || now.isBefore(signed.get().minus(SKEW))) {
      throw Refusals.skewed(protocol, authorization.time());
    }
  }

  private static Optional<Instant> parse(String time) {
    try {
      return Optional.of(BASIC.parse(time, Instant::from));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  /** S3 encodes a path once, every other service twice. */
  private static String canonicalPath(String rawPath, Protocol protocol) {
    if (protocol != Protocol.S3) {
      return Signature.encode(rawPath.isEmpty() ? "/" : rawPath, true);
    }
    var decoded = URLDecoder.decode(rawPath.replace("+", "%2B"), UTF_8);
    return Signature.encode(decoded.isEmpty() ? "/" : decoded, true);
  }
}
