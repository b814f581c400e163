package io.kodedeploy.simulator.wire;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The keys that exist from the start and survive a reset. Immutable. */
public final class SeedCredentials implements CredentialDirectory {
  private final Map<String, Credential> byId;

  /** A directory of {@code test}/{@code test}, the account's administrator, and the given keys. */
  public SeedCredentials(String account, List<Credential> others) {
    var all = new HashMap<String, Credential>();
    var administrator =
        new Caller(
            "arn:aws:iam::" + account + ":user/administrator", account, "AIDAADMINISTRATOR000");
    all.put("test", Credential.longLived("test", "test", administrator));
    others.forEach(c -> all.put(c.accessKeyId(), c));
    this.byId = Map.copyOf(all);
  }

  @Override
  public Optional<Credential> find(String accessKeyId) {
    return Optional.ofNullable(byId.get(accessKeyId));
  }
}
