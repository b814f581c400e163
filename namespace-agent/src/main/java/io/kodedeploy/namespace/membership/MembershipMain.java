package io.kodedeploy.namespace.membership;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.identity.HostIdentity;
import io.kodedeploy.core.identity.OnPremisesIdentity;
import io.kodedeploy.core.observe.AgentLogging;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * {@code kodedeploy-membership join|leave IDENTITY-FILE ENVIRONMENT CLUSTER NAMESPACE[,...]
 * [HEALTH-URL]}: the chart's Jobs. {@code join} ends when every host has joined, and goes on for as
 * long as that takes; {@code leave} tries for a minute. Exit codes: 0 done, 1 not, 2 usage.
 */
public final class MembershipMain {
  private static final String USAGE =
      "usage: kodedeploy-membership join|leave IDENTITY-FILE ENVIRONMENT CLUSTER NAMESPACE[,...]"
          + " [HEALTH-URL]";
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofSeconds(15);
  private static final int LEAVE_TRIES = 20;

  private MembershipMain() {}

  /** Joins or leaves. */
  public static void main(String[] args) throws InterruptedException {
    AgentLogging.start();
    System.exit(run(List.of(args), System.getenv()));
  }

  private static int run(List<String> args, Map<String, String> environment)
      throws InterruptedException {
    boolean join = args.size() == 6 && args.getFirst().equals("join");
    if (!join && !(args.size() == 5 && args.getFirst().equals("leave"))) {
      System.err.println(USAGE);
      return 2;
    }
    HostIdentity identity;
    try {
      var file = Path.of(args.get(1));
      var found = OnPremisesIdentity.read(file, environment);
      if (found.isEmpty()) {
        say(file + " is missing or names nobody; kode init writes it (membership.yml)");
        return 2;
      }
      identity = found.get();
    } catch (AgentException e) {
      say(e.code().id() + ": " + e.getMessage());
      return 2;
    }
    var namespaces = Set.copyOf(List.of(args.get(4).split(",")));
    try (var tags = new CodeDeployTags(identity)) {
      var membership = new ClusterMembership(tags, args.get(2), args.get(3));
      return join ? join(membership, namespaces, args.get(5)) : leave(membership, namespaces);
    }
  }

  private static int join(ClusterMembership membership, Set<String> namespaces, String url)
      throws InterruptedException {
    try (var readiness = new AgentReadiness(url)) {
      var round = new JoinRound(membership, namespaces, readiness, MembershipMain::say);
      for (var wait = SHORTEST; !round.run(); wait = longer(wait)) {
        Thread.sleep(wait);
      }
    }
    return 0;
  }

  private static Duration longer(Duration wait) {
    var twice = wait.multipliedBy(2);
    return twice.compareTo(LONGEST) < 0 ? twice : LONGEST;
  }

  private static int leave(ClusterMembership membership, Set<String> namespaces)
      throws InterruptedException {
    var left = new TreeSet<>(namespaces);
    for (int tries = 1; ; tries++) {
      left.removeIf(namespace -> leaves(membership, namespace));
      if (left.isEmpty()) {
        return 0;
      }
      if (tries == LEAVE_TRIES) {
        say(
            "not taken out: "
                + left
                + "; kode cluster pause does it from elsewhere, then helm uninstall --no-hooks");
        return 1;
      }
      Thread.sleep(Duration.ofSeconds(3));
    }
  }

  private static boolean leaves(ClusterMembership membership, String namespace) {
    try {
      var outcome = membership.leave(namespace);
      say(
          membership.instance(namespace)
              + switch (outcome) {
                case LEFT -> " left: no deployment waits for it any more";
                case UNREGISTERED -> " is not registered";
                case UNCHANGED, PAUSED, JOINED -> " is no member";
              });
      return true;
    } catch (AgentException e) {
      say(membership.instance(namespace) + " stays: " + e.code().id() + ": " + e.getMessage());
      return false;
    }
  }

  private static void say(String words) {
    System.err.println("kodedeploy-membership: " + words);
  }
}
