package io.kodedeploy.simulator.ec2;

import io.kodedeploy.simulator.time.SimulatorClock;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/** Session tokens of one metadata endpoint. Thread-safe. */
final class MetadataTokens {
  private final SimulatorClock clock;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Instant> expiryByToken = new HashMap<>();

  MetadataTokens(SimulatorClock clock) {
    this.clock = clock;
  }

  synchronized String issue(Duration lifetime) {
    var now = clock.now();
    expiryByToken.values().removeIf(expiry -> !now.isBefore(expiry));
    var bytes = new byte[40];
    random.nextBytes(bytes);
    var token = "AQAE" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes) + "==";
    expiryByToken.put(token, now.plus(lifetime));
    return token;
  }

  synchronized boolean isValid(String token) {
    var expiry = expiryByToken.get(token);
    return expiry != null && clock.now().isBefore(expiry);
  }
}
