package io.kodedeploy.simulator.wire;

import java.util.Optional;

/** Knows the keys of the account. Implementations are thread-safe. */
@FunctionalInterface
public interface CredentialDirectory {
  /** The key of that id, expired ones included; empty if there is none or it is inactive. */
  Optional<Credential> find(String accessKeyId);

  /** Looks here first, then there. */
  default CredentialDirectory or(CredentialDirectory other) {
    return id -> find(id).or(() -> other.find(id));
  }
}
