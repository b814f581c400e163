package io.kodedeploy.namespace.catchup;

import io.kodedeploy.core.command.Acceptance;
import io.kodedeploy.core.command.CommandOutcome;
import io.kodedeploy.core.command.LifecycleEvent;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.spec.DeploymentSpec;
import io.kodedeploy.core.spec.Revision;
import io.kodedeploy.namespace.catchup.ApplicationStatus.State;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One round: reads what the groups want, compares it with what is installed, and brings the rest
 * here by the normal events on the normal engine. Nothing is written to CodeDeploy.
 */
final class CatchUp {
  private static final Logger log = LoggerFactory.getLogger(CatchUp.class);

  /** The commands of an in-place deployment without load balancer (host-agent.md 6.1). */
  private static final List<LifecycleEvent> EVENTS =
      List.of(
          LifecycleEvent.APPLICATION_STOP,
          LifecycleEvent.DOWNLOAD_BUNDLE,
          LifecycleEvent.BEFORE_INSTALL,
          LifecycleEvent.INSTALL,
          LifecycleEvent.AFTER_INSTALL,
          LifecycleEvent.APPLICATION_START,
          LifecycleEvent.VALIDATE_SERVICE);

  private static final int AT_ONCE = 4;
  private static final String CREATOR = "kodedeployCatchUp";

  /** Carries out one event here; a host's {@code execute}. */
  @FunctionalInterface
  interface Engine {
    CommandOutcome execute(DeploymentSpec spec, LifecycleEvent event) throws InterruptedException;
  }

  private final GroupReader reader;
  private final String instance;
  private final CatchUpService.Pause pause;
  private final HostTags host;
  private final Acceptance acceptance;
  private final InstallationStore store;
  private final InstallationListener listener;
  private final Engine engine;
  private final Clock clock;
  private final Consumer<Collection<ApplicationStatus>> published;
  private final Map<String, ApplicationStatus> statuses = new TreeMap<>();
  private final Map<String, Revision> revisions = new ConcurrentHashMap<>();
  private final ReentrantLock oneAtATime = new ReentrantLock();
  private Map<String, Wanted> lastWanted = Map.of();

  CatchUp(
      GroupReader reader,
      String instance,
      CatchUpService.Pause pause,
      HostTags host,
      Acceptance acceptance,
      InstallationStore store,
      InstallationListener listener,
      Engine engine,
      Clock clock,
      Consumer<Collection<ApplicationStatus>> published) {
    this.reader = reader;
    this.instance = instance;
    this.pause = pause;
    this.host = host;
    this.acceptance = acceptance;
    this.store = store;
    this.listener = listener;
    this.engine = engine;
    this.clock = clock;
    this.published = published;
  }

  /**
   * Runs one round.
   *
   * @throws AgentException when CodeDeploy or the cluster cannot be asked
   */
  CatchUpLoop.RoundResult round() throws InterruptedException {
    oneAtATime.lockInterruptibly();
    try {
      return lookAndBring();
    } finally {
      oneAtATime.unlock();
    }
  }

  /**
   * Carries out the installed revision of an application again, with force, when that is still what
   * its groups want.
   *
   * @throws AgentException when CodeDeploy or the cluster cannot be asked
   */
  void repair(String application, String creator) throws InterruptedException {
    oneAtATime.lockInterruptibly();
    try {
      var one = lastWanted.get(application);
      if (one == null || pause.reason().isPresent()) {
        return;
      }
      var source = reader.source(one.deploymentId());
      if (source.isPresent()) {
        bring(one, source.get(), creator);
      }
      store.save();
    } finally {
      oneAtATime.unlock();
    }
  }

  private CatchUpLoop.RoundResult lookAndBring() throws InterruptedException {
    store.load();
    var membership = membership();
    var groups = reader.groups().stream().filter(this::accepted).toList();
    var wanted = Wanted.of(groups, membership.tags());
    lastWanted = wanted;
    forgetOthers(wanted);
    if (!membership.takesPart()) {
      wanted
          .values()
          .forEach(one -> tell(one, State.PAUSED, membership.away(), membership.remedy()));
      store.save();
      return new CatchUpLoop.RoundResult(false, false);
    }
    var brought = false;
    var slots = new Semaphore(AT_ONCE);
    try (var threads = threads()) {
      for (var one : wanted.values()) {
        var revision = look(one);
        if (decide(one, revision) instanceof Decision.Behind && revision.isPresent()) {
          brought = true;
          slots.acquire();
          threads.execute(
              () -> {
                try {
                  bring(one, revision.get(), CREATOR);
                } finally {
                  slots.release();
                }
              });
        }
      }
    } finally {
      store.save();
    }
    return new CatchUpLoop.RoundResult(
        snapshot().stream().allMatch(status -> status.state() == State.CURRENT), brought);
  }

  private Membership membership() throws InterruptedException {
    var membership = reader.membership(instance, host);
    if (!membership.takesPart()) {
      return membership;
    }
    return pause
        .reason()
        .map(reason -> Membership.paused(membership.tags(), reason))
        .orElse(membership);
  }

  /** A group of somebody else may carry this host's tags: it is not followed. */
  private boolean accepted(GroupState group) {
    try {
      acceptance.check(group.application(), group.name());
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
    synchronized (statuses) {
      return statuses.values().stream()
          .map(status -> status.with(store.of(status.application()).installed()))
          .toList();
    }
  }

  private static ExecutorService threads() {
    return Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("catch-up-", 1).factory());
  }

  private Optional<GroupReader.Source> look(Wanted one) throws InterruptedException {
    var known = Decision.of(one, Optional.empty(), store.of(one.application()));
    return known instanceof Decision.Behind ? reader.source(one.deploymentId()) : Optional.empty();
  }

  private Decision decide(Wanted one, Optional<GroupReader.Source> source) {
    var revision = source.map(GroupReader.Source::revision);
    revision.ifPresent(found -> revisions.put(one.deploymentId(), found));
    var decision = Decision.of(one, revision, store.of(one.application()));
    switch (decision) {
      case Decision.Current() -> tell(one, State.CURRENT, "", "");
      case Decision.Busy() -> tell(one, State.WAITING, "a deployment of its group is running", "");
      case Decision.Failed(var attempt) ->
          tell(
              one,
              State.FAILED,
              attempt.deploymentId() + " failed in " + attempt.event() + ": " + attempt.reason(),
              "Correct what the reason names and deploy again: it is not retried by itself.");
      case Decision.Behind() when source.isEmpty() ->
          tell(
              one,
              State.GONE,
              "deployment " + one.deploymentId() + " has no bundle that a host can fetch",
              "Deploy a new revision.");
      case Decision.Behind() -> tell(one, State.BEHIND, "not brought here yet", "");
    }
    return decision;
  }

  private void bring(Wanted one, GroupReader.Source source, String creator) {
    var spec =
        new DeploymentSpec(
            one.deploymentId(),
            one.group().id(),
            one.group().name(),
            one.application(),
            creator,
            DeploymentSpec.DEFAULT_TYPE,
            DeploymentSpec.DEFAULT_APPSPEC,
            source.fileExists(),
            List.of(),
            Optional.empty(),
            source.revision(),
            Optional.empty());
    var before = listener.serviceDeployment(one.application());
    log.atInfo()
        .addKeyValue("application", one.application())
        .addKeyValue("deploymentId", one.deploymentId())
        .log("catch-up of an application begins");
    var begin = clock.instant();
    try {
      for (var event : EVENTS) {
        if (!listener.serviceDeployment(one.application()).equals(before)) {
          tell(one, State.WAITING, "a deployment of the service took over", "");
          return;
        }
        if (engine.execute(spec, event) instanceof CommandOutcome.Failed failed) {
          failed(one, event, failed);
          return;
        }
      }
      tell(one, State.CURRENT, "", "");
      log.atInfo()
          .addKeyValue("application", one.application())
          .addKeyValue("deploymentId", one.deploymentId())
          .addKeyValue("elapsedMs", Duration.between(begin, clock.instant()).toMillis())
          .log("catch-up of an application is done");
    } catch (InterruptedException _) {
      tell(one, State.WAITING, "the agent is stopping", "");
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      log.atError().setCause(e).addKeyValue("application", one.application()).log("catch-up broke");
      tell(one, State.WAITING, e.toString(), ErrorCode.UNEXPECTED.remedy());
    }
  }

  private void failed(Wanted one, LifecycleEvent event, CommandOutcome.Failed failed) {
    var state =
        failed.code() == ErrorCode.BUNDLE_UNAVAILABLE
            ? State.GONE
            : InstallationListener.lasting(failed.code()) ? State.FAILED : State.WAITING;
    log.atWarn()
        .addKeyValue("application", one.application())
        .addKeyValue("deploymentId", one.deploymentId())
        .addKeyValue("event", event.name())
        .addKeyValue("code", failed.code().id())
        .addKeyValue("state", state.word())
        .log("catch-up of an application failed");
    tell(
        one,
        state,
        one.deploymentId() + " failed in " + event.name() + ": " + failed.message(),
        failed.code().remedy());
  }

  private void forgetOthers(Map<String, Wanted> wanted) {
    synchronized (statuses) {
      statuses.keySet().retainAll(wanted.keySet());
    }
    published.accept(snapshot());
  }

  private void tell(Wanted one, State state, String reason, String remedy) {
    var wanted = Optional.ofNullable(revisions.get(one.deploymentId())).map(RevisionIdentity::of);
    synchronized (statuses) {
      var before = statuses.get(one.application());
      statuses.put(
          one.application(),
          new ApplicationStatus(
              one.application(),
              state,
              wanted.orElse(""),
              one.deploymentId(),
              one.pinned(),
              "",
              "",
              "",
              reason,
              remedy,
              before != null && before.state() == state ? before.since() : clock.instant()));
    }
    published.accept(snapshot());
  }
}
