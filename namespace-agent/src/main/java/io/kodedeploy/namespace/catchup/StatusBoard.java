package io.kodedeploy.namespace.catchup;

import io.kodedeploy.core.spec.Revision;
import io.kodedeploy.namespace.catchup.ApplicationStatus.State;
import io.kodedeploy.namespace.catchup.ApplicationStatus.Why;
import java.time.Clock;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The applications as they were seen last. Safe for many threads. */
final class StatusBoard {
  private final InstallationStore store;
  private final Clock clock;
  private final Consumer<Collection<ApplicationStatus>> published;
  private final Map<String, ApplicationStatus> statuses = new TreeMap<>();
  private final Map<String, Revision> revisions = new TreeMap<>();

  StatusBoard(
      InstallationStore store, Clock clock, Consumer<Collection<ApplicationStatus>> published) {
    this.store = store;
    this.clock = clock;
    this.published = published;
  }

  /** The revision of a deployment became known. */
  void revision(String deploymentId, Revision revision) {
    synchronized (statuses) {
      revisions.put(deploymentId, revision);
    }
  }

  /** An application that a group wants here. */
  void tell(Wanted one, State state, Why why) {
    tell(one.application(), state, one.deploymentId(), one.pinned(), why);
  }

  /** An application of which no deployment is wanted. */
  void tell(String application, State state, Why why) {
    tell(application, state, "", false, why);
  }

  private void tell(String application, State state, String wanted, boolean pinned, Why why) {
    synchronized (statuses) {
      var before = statuses.get(application);
      statuses.put(
          application,
          new ApplicationStatus(
              application,
              state,
              Optional.ofNullable(revisions.get(wanted)).map(RevisionIdentity::of).orElse(""),
              wanted,
              pinned,
              "",
              "",
              "",
              why,
              before != null && before.state() == state ? before.since() : clock.instant()));
    }
    published.accept(snapshot());
  }

  /** Forgets every application but these. */
  void retain(Set<String> applications) {
    synchronized (statuses) {
      statuses.keySet().retainAll(applications);
    }
    published.accept(snapshot());
  }

  /** All of them, refreshed by what the record says now. */
  Collection<ApplicationStatus> snapshot() {
    synchronized (statuses) {
      return statuses.values().stream()
          .map(status -> status.with(store.of(status.application()).installed()))
          .toList();
    }
  }
}
