package io.kodedeploy.simulator.iam;

import io.kodedeploy.simulator.wire.Account;
import io.kodedeploy.simulator.wire.AwsError;
import io.kodedeploy.simulator.wire.Caller;
import io.kodedeploy.simulator.wire.Credential;
import io.kodedeploy.simulator.wire.CredentialDirectory;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * All identities of the account, and the keys by which requests are signed. Thread-safe: one lock
 * around everything.
 */
final class Identities implements CredentialDirectory {
  private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

  private final Account account;
  private final ReentrantLock lock = new ReentrantLock();
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Entity> users = new TreeMap<>();
  private final Map<String, Entity> roles = new TreeMap<>();
  private final Map<String, ManagedPolicy> policies = new TreeMap<>();
  private final Map<String, InstanceProfile> profiles = new TreeMap<>();
  private final Map<String, AccessKey> keys = new LinkedHashMap<>();
  private final Map<String, Session> sessions = new HashMap<>();

  Identities(Account account) {
    this.account = account;
  }

  /** A policy that users and roles refer to. */
  record ManagedPolicy(
      String name, String path, String id, String arn, String document, Instant created) {}

  /** Lets EC2 hand out credentials of a role. */
  record InstanceProfile(
      String name, String path, String id, String arn, Instant created, List<String> roles) {}

  /** A user's key. */
  record AccessKey(String id, String secret, String user, boolean active, Instant created) {}

  /** Session tags, and the keys of those that go on to sessions opened by this one. */
  record SessionTags(Map<String, String> values, Set<String> transitive) {
    static final SessionTags NONE = new SessionTags(Map.of(), Set.of());
  }

  /** Credentials of an assumed role. */
  record Session(
      String accessKeyId,
      String secret,
      String token,
      Entity role,
      String name,
      SessionTags tags,
      Instant expiration) {}

  <T> T locked(Supplier<T> work) {
    lock.lock();
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }

  Account account() {
    return account;
  }

  Map<String, Entity> users() {
    return users;
  }

  Map<String, Entity> roles() {
    return roles;
  }

  Map<String, ManagedPolicy> policies() {
    return policies;
  }

  Map<String, InstanceProfile> profiles() {
    return profiles;
  }

  Map<String, AccessKey> keys() {
    return keys;
  }

  Entity user(String name) {
    return existing(users, name, "user");
  }

  Entity role(String name) {
    return existing(roles, name, "role");
  }

  static <T> T existing(Map<String, T> all, String name, String what) {
    var found = all.get(name);
    if (found == null) {
      throw AwsError.of(
          404, "NoSuchEntity", "The " + what + " with name " + name + " cannot be found.");
    }
    return found;
  }

  /** The role of an ARN, whatever its path. */
  Optional<Entity> roleByArn(String arn) {
    return locked(() -> roles.values().stream().filter(r -> r.arn().equals(arn)).findFirst());
  }

  Session openSession(Entity role, String name, Instant expiration) {
    return openSession(role, name, SessionTags.NONE, expiration);
  }

  Session openSession(Entity role, String name, SessionTags tags, Instant expiration) {
    return locked(
        () -> {
          sessions
              .values()
              .removeIf(s -> s.expiration().isBefore(expiration.minusSeconds(172_800)));
          var session =
              new Session(newId("ASIA"), secret(30), secret(120), role, name, tags, expiration);
          sessions.put(session.accessKeyId(), session);
          return session;
        });
  }

  void closeSessions(Entity role) {
    sessions.values().removeIf(session -> session.role().id().equals(role.id()));
  }

  Caller caller(Session session) {
    var role = session.role();
    return new Caller(
        account.arn("sts", "", "assumed-role/" + role.name() + "/" + session.name()),
        account.id(),
        role.id() + ":" + session.name(),
        session.tags().values(),
        session.tags().transitive());
  }

  @Override
  public Optional<Credential> find(String accessKeyId) {
    return locked(
        () -> {
          var session = sessions.get(accessKeyId);
          if (session != null) {
            return Optional.of(
                new Credential(
                    accessKeyId,
                    session.secret(),
                    Optional.of(session.token()),
                    Optional.of(session.expiration()),
                    caller(session)));
          }
          return Optional.ofNullable(keys.get(accessKeyId))
              .filter(AccessKey::active)
              .map(
                  key -> {
                    var user = user(key.user());
                    var caller = new Caller(user.arn(), account.id(), user.id());
                    return Credential.longLived(accessKeyId, key.secret(), caller);
                  });
        });
  }

  /** A prefix such as {@code AKIA} and 16 random letters. */
  String newId(String prefix) {
    var id = new StringBuilder(prefix);
    for (int i = 0; i < 16; i++) {
      id.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return id.toString();
  }

  String secret(int bytes) {
    var secret = new byte[bytes];
    random.nextBytes(secret);
    return Base64.getEncoder().encodeToString(secret);
  }

  void clear() {
    locked(
        () -> {
          users.clear();
          roles.clear();
          policies.clear();
          profiles.clear();
          keys.clear();
          sessions.clear();
          return users;
        });
  }
}
