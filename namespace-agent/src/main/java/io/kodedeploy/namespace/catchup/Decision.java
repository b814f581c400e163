package io.kodedeploy.namespace.catchup;

import io.kodedeploy.core.spec.Revision;
import java.util.Optional;

/** What a catch-up does about one application. */
sealed interface Decision {
  /** It is what it should be. */
  record Current() implements Decision {}

  /** A deployment is running and brings it. */
  record Busy() implements Decision {}

  /** The wanted revision failed here already, or one that came after what is installed did. */
  record Failed(Installation.Attempt attempt) implements Decision {}

  /**
   * A later deployment than the wanted one was installed here, though it did not succeed in its
   * group: nothing is taken back without a person.
   */
  record Ahead(Installation.Installed installed) implements Decision {}

  /** Its revision has to be looked up or brought here. */
  record Behind() implements Decision {}

  /**
   * Decides.
   *
   * @param revision the wanted revision; may be absent when the deployments' ids decide already
   */
  static Decision of(Wanted wanted, Optional<Revision> revision, Installation here) {
    return of(wanted, revision, here, Optional.empty());
  }

  /**
   * As above.
   *
   * @param before the deployment that is installed here, as the service knows it
   */
  static Decision of(
      Wanted wanted,
      Optional<Revision> revision,
      Installation here,
      Optional<DeploymentFacts> before) {
    if (wanted.busy()) {
      return new Busy();
    }
    if (here.failed().isPresent() && same(wanted, revision, here.failed().get())) {
      return new Failed(here.failed().get());
    }
    if (here.installed().isEmpty() || !same(wanted, revision, here.installed().get())) {
      boolean ahead =
          before
              .filter(facts -> wanted.groups().contains(facts.group()))
              .filter(facts -> facts.application().equals(wanted.application()))
              .filter(facts -> facts.created().isAfter(wanted.created()))
              .isPresent();
      return ahead ? new Ahead(here.installed().get()) : new Behind();
    }
    return here.failed().<Decision>map(Failed::new).orElseGet(Current::new);
  }

  private static boolean same(
      Wanted wanted, Optional<Revision> revision, Installation.Installed installed) {
    return wanted.deploymentId().equals(installed.deploymentId())
        || revision.filter(r -> isThat(r, installed.revision())).isPresent();
  }

  private static boolean same(
      Wanted wanted, Optional<Revision> revision, Installation.Attempt attempt) {
    return wanted.deploymentId().equals(attempt.deploymentId())
        || revision.filter(r -> isThat(r, attempt.revision())).isPresent();
  }

  private static boolean isThat(Revision revision, String identity) {
    return RevisionIdentity.namesContent(revision)
        && RevisionIdentity.of(revision).equals(identity);
  }
}
