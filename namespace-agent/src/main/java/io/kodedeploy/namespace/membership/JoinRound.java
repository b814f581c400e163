package io.kodedeploy.namespace.membership;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.namespace.membership.ClusterMembership.Outcome;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Joins hosts as their agents become ready. What keeps a host out is said once, and again when it
 * changes.
 */
final class JoinRound {
  private final ClusterMembership membership;
  private final Function<String, Optional<String>> problem;
  private final Consumer<String> words;
  private final Set<String> waiting;
  private final Map<String, String> said = new HashMap<>();

  /**
   * Nothing is asked yet.
   *
   * @param problem why the agent of a namespace is not ready, empty when it is: it has polled
   */
  JoinRound(
      ClusterMembership membership,
      Set<String> namespaces,
      Function<String, Optional<String>> problem,
      Consumer<String> words) {
    this.membership = membership;
    this.problem = problem;
    this.words = words;
    this.waiting = new TreeSet<>(namespaces);
  }

  /**
   * Looks at every host that has not joined yet.
   *
   * @return whether none is left
   */
  boolean run() {
    waiting.removeIf(this::settled);
    return waiting.isEmpty();
  }

  private boolean settled(String namespace) {
    var notReady = problem.apply(namespace);
    if (notReady.isPresent()) {
      say(namespace, "waits: " + notReady.get());
      return false;
    }
    Outcome outcome;
    try {
      outcome = membership.join(namespace);
    } catch (AgentException e) {
      say(namespace, "waits: " + e.code().id() + ": " + e.getMessage() + " " + e.code().remedy());
      return false;
    }
    switch (outcome) {
      case JOINED -> say(namespace, "joined: deployments reach it from now on");
      case UNCHANGED -> say(namespace, "is a member already");
      case PAUSED -> say(namespace, "stays paused, until kode cluster resume");
      case UNREGISTERED -> {
        say(namespace, "waits: no such instance is registered; kode init registers it");
        return false;
      }
      case LEFT -> throw new IllegalStateException("a host that joins does not leave");
    }
    return true;
  }

  private void say(String namespace, String what) {
    if (!what.equals(said.put(namespace, what))) {
      words.accept(membership.instance(namespace) + " " + what);
    }
  }
}
