package io.kodedeploy.namespace.catchup;

import io.kodedeploy.core.command.Acceptance;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.namespace.catchup.ApplicationStatus.State;
import io.kodedeploy.namespace.catchup.ApplicationStatus.Why;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One round: reads what the groups want, compares it with what is installed, and brings the rest
 * here. What is brought has been confirmed by CodeDeploy itself: who lists the groups for others
 * decides what is looked at, never what is installed.
 */
final class CatchUp {
  private static final Logger log = LoggerFactory.getLogger(CatchUp.class);
  private static final int AT_ONCE = 4;

  /** Agents that start or come back within this time share one list. */
  private static final Duration TOGETHER = Duration.ofMinutes(1);

  /** Every so many rounds a host does not rely on what others say of its applications. */
  private static final int OWN_QUESTIONS = 4;

  private static final String CREATOR = "kodedeployCatchUp";

  /**
   * This host.
   *
   * @param instance name of its on-premises instance
   * @param configured tags by which groups select it, unless the instance's own say otherwise
   * @param acceptance groups it does not take are none of this host's
   * @param interval of its rounds
   */
  record Self(
      String instance,
      HostTags configured,
      Acceptance acceptance,
      CatchUpService.Pause pause,
      Duration interval) {}

  private final GroupSource source;
  private final Self self;
  private final InstallationStore store;
  private final StatusBoard board;
  private final Bringer bringer;
  private final WaveGate gate;
  private final Optional<ServiceBringer> service;
  private final Clock clock;
  private volatile Instant fresh;
  private int rounds;
  private final ReentrantLock oneAtATime = new ReentrantLock();
  private Map<String, Wanted> lastWanted = Map.of();

  CatchUp(
      GroupSource source,
      Self self,
      InstallationStore store,
      StatusBoard board,
      Bringer bringer,
      WaveGate gate,
      Optional<ServiceBringer> service,
      Clock clock) {
    this.source = source;
    this.self = self;
    this.store = store;
    this.board = board;
    this.bringer = bringer;
    this.gate = gate;
    this.service = service;
    this.clock = clock;
    this.fresh = clock.instant().minus(TOGETHER);
  }

  /**
   * Runs one round.
   *
   * @throws AgentException when CodeDeploy or the cluster cannot be asked
   */
  CatchUpLoop.RoundResult round() throws InterruptedException {
    oneAtATime.lockInterruptibly();
    try {
      return lookAndBring(false);
    } finally {
      oneAtATime.unlock();
    }
  }

  /**
   * Carries out the installed revision of an application again, when that is still what its groups
   * want.
   *
   * @throws AgentException when CodeDeploy or the cluster cannot be asked
   */
  void repair(String application, String creator) throws InterruptedException {
    oneAtATime.lockInterruptibly();
    try {
      var one = lastWanted.get(application);
      if (one == null || self.pause().reason().isPresent()) {
        return;
      }
      var facts = source.deployments(List.of(one.deploymentId())).get(one.deploymentId());
      if (facts != null && facts.source().isPresent()) {
        bringer.bring(one, facts.source().get(), creator);
      }
      store.save();
    } finally {
      oneAtATime.unlock();
    }
  }

  private CatchUpLoop.RoundResult lookAndBring(boolean opened) throws InterruptedException {
    store.load();
    var listing = source.groups(notBefore());
    var membership = membership();
    var groups = groups(listing, membership.tags());
    var wanted = Wanted.of(groups, membership.tags());
    lastWanted = wanted;
    tellOthers(groups, wanted, membership);
    if (!membership.takesPart()) {
      var why = Whys.away(membership);
      wanted.values().forEach(one -> board.tell(one, State.PAUSED, why));
      store.save();
      gate.report(snapshot());
      return new CatchUpLoop.RoundResult(false, false);
    }
    var facts = facts(wanted.values());
    var bundles = new LinkedHashMap<Wanted, DeploymentFacts.Source>();
    wanted.values().forEach(one -> decide(one, facts).ifPresent(found -> bundles.put(one, found)));
    gate.report(snapshot());
    if (!bundles.isEmpty() && !opened && gate.await(why -> waiting(bundles.keySet(), why))) {
      return lookAndBring(true); // what was read before the wait is old
    }
    boolean brought = !bundles.isEmpty();
    try {
      if (service.isPresent()) {
        service.get().take(bundles.keySet());
      }
      bring(bundles);
    } finally {
      store.save();
    }
    gate.report(snapshot());
    return new CatchUpLoop.RoundResult(
        snapshot().stream().allMatch(ApplicationStatus::settled), brought);
  }

  private void waiting(Collection<Wanted> wanted, String reason) {
    var why = Whys.lowerWaves(reason);
    wanted.forEach(one -> board.tell(one, State.WAITING, why));
  }

  private void bring(Map<Wanted, DeploymentFacts.Source> bundles) throws InterruptedException {
    var slots = new Semaphore(AT_ONCE);
    try (var threads = threads()) {
      for (var bundle : bundles.entrySet()) {
        slots.acquire();
        threads.execute(
            () -> {
              try {
                bringer.bring(bundle.getKey(), bundle.getValue(), CREATOR);
              } finally {
                slots.release();
              }
            });
      }
    }
  }

  /** The connection was lost and is back: what others read before is too old. */
  void reconnected() {
    fresh = clock.instant().minus(TOGETHER);
  }

  private Instant notBefore() {
    var usual = clock.instant().minus(self.interval().dividedBy(2));
    return usual.isAfter(fresh) ? usual : fresh;
  }

  /**
   * The groups that count. Where another agent read them, CodeDeploy is asked about every
   * application that would be told other than current and has a past here, and now and then about
   * all of them.
   */
  private List<GroupState> groups(GroupSource.Listing listing, HostTags tags)
      throws InterruptedException {
    var listed = listing.groups().stream().filter(this::accepted).toList();
    if (listing.own()) {
      return listed;
    }
    var wanted = Wanted.of(listed, tags);
    var known =
        store.all().stream()
            .filter(one -> one.installed().isPresent() || one.failed().isPresent())
            .collect(Collectors.toMap(Installation::application, one -> one));
    boolean all = rounds++ % OWN_QUESTIONS == OWN_QUESTIONS - 1;
    var asked = new TreeSet<String>();
    for (var one : known.values()) {
      var now = wanted.get(one.application());
      if (all
          || now == null
          || !(Decision.of(now, Optional.empty(), one) instanceof Decision.Current)) {
        asked.add(one.application());
      }
    }
    var groups = new ArrayList<GroupState>();
    listed.stream().filter(group -> !asked.contains(group.application())).forEach(groups::add);
    for (var application : asked) {
      var names = new TreeSet<>(self.acceptance().groupNames());
      listed.stream()
          .filter(group -> group.application().equals(application))
          .filter(group -> group.selection().selects(tags))
          .forEach(group -> names.add(group.name()));
      source.groups(application, names).stream().filter(this::accepted).forEach(groups::add);
    }
    return groups;
  }

  private Membership membership() throws InterruptedException {
    var membership = source.membership(self.instance(), self.configured());
    if (!membership.takesPart()) {
      return membership;
    }
    return self.pause()
        .reason()
        .map(reason -> Membership.paused(membership.tags(), reason))
        .orElse(membership);
  }

  /** A group of somebody else may carry this host's tags: it is not followed. */
  private boolean accepted(GroupState group) {
    try {
      self.acceptance().check(group.application(), group.name());
      return true;
    } catch (AgentException e) {
      log.atDebug()
          .addKeyValue("application", group.application())
          .addKeyValue("reason", e.getMessage())
          .log("a group is not followed");
      return false;
    }
  }

  /** The applications as they were seen last, refreshed by what the record says now. */
  Collection<ApplicationStatus> snapshot() {
    return board.snapshot();
  }

  private static ExecutorService threads() {
    return Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("catch-up-", 1).factory());
  }

  /** Applications that are here, or failed here, though no successful deployment wants them. */
  private void tellOthers(
      List<GroupState> groups, Map<String, Wanted> wanted, Membership membership) {
    var selecting =
        groups.stream()
            .filter(group -> group.selection().selects(membership.tags()))
            .collect(Collectors.groupingBy(GroupState::application));
    var others =
        store.all().stream()
            .filter(one -> !wanted.containsKey(one.application()))
            .filter(one -> one.installed().isPresent() || one.failed().isPresent())
            .toList();
    var known = new HashSet<>(wanted.keySet());
    others.forEach(one -> known.add(one.application()));
    board.retain(known);
    for (var one : others) {
      var of = selecting.getOrDefault(one.application(), List.of());
      if (of.isEmpty()) {
        board.tell(one.application(), State.UNKNOWN, Whys.UNCLAIMED);
      } else if (of.stream().anyMatch(GroupState::running)) {
        board.tell(one.application(), State.WAITING, Whys.RUNNING);
      } else if (one.failed().isPresent()) {
        board.tell(one.application(), State.FAILED, Whys.failed(one.failed().get()));
      } else {
        board.tell(one.application(), State.UNKNOWN, Whys.NEVER_SUCCEEDED);
      }
    }
  }

  /** Asks about the deployments that matter: those that may have to be brought, and before them. */
  private Map<String, DeploymentFacts> facts(Collection<Wanted> wanted)
      throws InterruptedException {
    Set<String> ids = new TreeSet<>();
    for (var one : wanted) {
      var here = store.of(one.application());
      if (Decision.of(one, Optional.empty(), here) instanceof Decision.Behind) {
        ids.add(one.deploymentId());
        here.installed().ifPresent(before -> ids.add(before.deploymentId()));
      }
    }
    return ids.isEmpty() ? Map.of() : source.deployments(ids);
  }

  /** Tells what is decided about an application; its bundle when it has to be brought. */
  private Optional<DeploymentFacts.Source> decide(Wanted one, Map<String, DeploymentFacts> facts) {
    var here = store.of(one.application());
    var target =
        Optional.ofNullable(facts.get(one.deploymentId())).filter(now -> now.confirms(one));
    var before =
        here.installed().flatMap(now -> Optional.ofNullable(facts.get(now.deploymentId())));
    var revision = target.flatMap(DeploymentFacts::revision);
    revision.ifPresent(found -> board.revision(one.deploymentId(), found));
    switch (Decision.of(one, revision, here, before)) {
      case Decision.Current() -> board.tell(one, State.CURRENT, Why.WELL);
      case Decision.Busy() -> board.tell(one, State.WAITING, Whys.RUNNING);
      case Decision.Failed(var attempt) -> board.tell(one, State.FAILED, Whys.failed(attempt));
      case Decision.Ahead(var installed) ->
          board.tell(one, State.FAILED, Whys.ahead(one, installed));
      case Decision.Behind() when target.isEmpty() ->
          board.tell(one, State.UNKNOWN, Whys.unconfirmed(one));
      case Decision.Behind() when revision.isEmpty() -> board.tell(one, State.GONE, Whys.gone(one));
      case Decision.Behind() -> {
        board.tell(one, State.BEHIND, Whys.NOT_YET);
        return target.flatMap(DeploymentFacts::source);
      }
    }
    return Optional.empty();
  }
}
