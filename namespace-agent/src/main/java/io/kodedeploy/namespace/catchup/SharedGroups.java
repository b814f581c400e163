package io.kodedeploy.namespace.catchup;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.namespace.cluster.ClusterBoard;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The groups as one agent of the cluster lists them for all: who finds the list too old takes the
 * turn, by a Lease, and publishes it. An agent that cannot reach the board asks by itself. Any
 * agent may have written the list, so it only says what is worth a question of one's own.
 */
final class SharedGroups implements GroupSource {
  private static final Logger log = LoggerFactory.getLogger(SharedGroups.class);
  private static final Duration TURN = Duration.ofMinutes(1);
  private static final Duration RENEWAL = Duration.ofSeconds(20);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final GroupReader own;
  private final GroupReader lister;
  private final ClusterBoard board;
  private final AtomicInteger hosts;
  private final Clock clock;
  private final CallBudget.Sleeper sleeper;

  /**
   * A source that has asked nothing yet.
   *
   * @param own reader of this agent's own questions, at a low rate
   * @param hosts told how many agents this cluster has
   * @param lister reader of the whole list, at the cluster's rate
   */
  SharedGroups(
      GroupReader own,
      GroupReader lister,
      ClusterBoard board,
      AtomicInteger hosts,
      Clock clock,
      CallBudget.Sleeper sleeper) {
    this.own = own;
    this.lister = lister;
    this.board = board;
    this.hosts = hosts;
    this.clock = clock;
    this.sleeper = sleeper;
  }

  @Override
  public Listing groups(Instant notBefore) throws InterruptedException {
    try {
      var shared = shared(notBefore);
      if (shared.isPresent()) {
        return new Listing(shared.get().groups(), false);
      }
      log.atWarn().log("nobody lists the groups of this cluster, this agent asks by itself");
    } catch (AgentException e) {
      if (e.code() != ErrorCode.CLUSTER_DENIED && e.code() != ErrorCode.CLUSTER_UNREACHABLE) {
        throw e;
      }
      log.atWarn()
          .addKeyValue("code", e.code().id())
          .addKeyValue("reason", e.getMessage())
          .log("the shared list of groups cannot be had, this agent asks by itself");
    }
    return own.groups(notBefore);
  }

  private Optional<GroupList> shared(Instant notBefore) throws InterruptedException {
    var deadline = clock.instant().plus(PATIENCE);
    hosts.set(board.waves().size());
    for (var pause = FIRST_PAUSE; clock.instant().isBefore(deadline); pause = longer(pause)) {
      var list = read(notBefore);
      if (list.isEmpty() && board.takeTurn(TURN)) {
        try {
          list = read(notBefore); // somebody may have ended in between
          if (list.isEmpty()) {
            list = Optional.of(list());
          }
        } finally {
          board.endTurn();
        }
      }
      if (list.isPresent()) {
        return list;
      }
      sleeper.sleep(pause);
    }
    return Optional.empty();
  }

  private static Duration longer(Duration pause) {
    var next = pause.multipliedBy(2);
    return next.compareTo(LONGEST_PAUSE) < 0 ? next : LONGEST_PAUSE;
  }

  /** The list, if it is new enough; one of the future was not written by an agent. */
  private Optional<GroupList> read(Instant notBefore) throws InterruptedException {
    return GroupList.of(board.groups())
        .filter(list -> !list.at().isBefore(notBefore))
        .filter(list -> list.at().isBefore(clock.instant().plus(TURN)));
  }

  private GroupList list() throws InterruptedException {
    var begin = clock.instant();
    var renewed = new Instant[] {begin};
    var list =
        new GroupList(
            begin,
            lister.everyGroup(
                () -> {
                  if (renewed[0].plus(RENEWAL).isBefore(clock.instant())) {
                    renewed[0] = clock.instant();
                    board.takeTurn(TURN);
                  }
                }));
    board.publish(list.data());
    log.atInfo()
        .addKeyValue("groups", list.groups().size())
        .addKeyValue("elapsedMs", Duration.between(begin, clock.instant()).toMillis())
        .log("this agent has listed the groups for its cluster");
    return list;
  }

  @Override
  public List<GroupState> groups(String application, Collection<String> names)
      throws InterruptedException {
    return own.groups(application, names);
  }

  @Override
  public Membership membership(String instance, HostTags configured) throws InterruptedException {
    return own.membership(instance, configured);
  }

  @Override
  public Map<String, DeploymentFacts> deployments(Collection<String> ids)
      throws InterruptedException {
    return own.deployments(ids);
  }
}
