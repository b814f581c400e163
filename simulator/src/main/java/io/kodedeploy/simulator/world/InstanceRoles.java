package io.kodedeploy.simulator.world;

import io.kodedeploy.simulator.ec2.InstanceCredentials;
import io.kodedeploy.simulator.time.SimulatorClock;
import io.kodedeploy.simulator.wire.Account;
import io.kodedeploy.simulator.wire.Caller;
import io.kodedeploy.simulator.wire.Credential;
import io.kodedeploy.simulator.wire.CredentialDirectory;
import io.kodedeploy.simulator.wire.Resettable;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Roles of instances and the credentials they were given, for the signature check. Thread-safe. */
public final class InstanceRoles implements CredentialIssuer, CredentialDirectory, Resettable {
  private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

  private record Issued(String role, Credential credential) {}

  private final Account account;
  private final SimulatorClock clock;
  private final SecureRandom random = new SecureRandom();
  private final Set<String> roles = new HashSet<>();
  private final Map<String, Issued> byKeyId = new HashMap<>();

  /** No roles yet. */
  public InstanceRoles(Account account, SimulatorClock clock) {
    this.account = account;
    this.clock = clock;
  }

  @Override
  public synchronized void createInstanceRole(String roleName) {
    roles.add(roleName);
  }

  @Override
  public synchronized void deleteInstanceRole(String roleName) {
    roles.remove(roleName);
    byKeyId.values().removeIf(issued -> issued.role().equals(roleName));
  }

  @Override
  public synchronized InstanceCredentials issue(
      String roleName, String instanceId, Duration validity) {
    if (!roles.contains(roleName)) {
      throw new IllegalArgumentException("there is no instance role " + roleName);
    }
    var now = clock.now();
    var keyId = "ASIA" + letters(16);
    var secret = base64(30);
    var token = base64(96);
    var caller =
        new Caller(
            account.arn("sts", "", "assumed-role/" + roleName + "/" + instanceId),
            account.id(),
            "AROA" + letters(17) + ":" + instanceId);
    var credential =
        new Credential(keyId, secret, Optional.of(token), Optional.of(now.plus(validity)), caller);
    byKeyId.put(keyId, new Issued(roleName, credential));
    return new InstanceCredentials(keyId, secret, token, now, now.plus(validity));
  }

  @Override
  public synchronized Optional<Credential> find(String accessKeyId) {
    return Optional.ofNullable(byKeyId.get(accessKeyId)).map(Issued::credential);
  }

  @Override
  public synchronized void reset() {
    roles.clear();
    byKeyId.clear();
  }

  private String base64(int bytes) {
    var content = new byte[bytes];
    random.nextBytes(content);
    return Base64.getEncoder().encodeToString(content);
  }

  private String letters(int count) {
    var text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return text.toString();
  }
}
