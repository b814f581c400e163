package io.kodedeploy.namespace.catchup;

import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.namespace.catchup.ApplicationStatus.Why;

/** What an operator reads about an application that is not what its groups want. */
final class Whys {
  static final Why UNCLAIMED =
      new Why(
          "",
          "no deployment group brings it here any more: the application, its group or the tags are"
              + " others now; what it applied stays",
          "Delete its objects by hand, or let a group select this host again.",
          NextAttempt.NONE);

  static final Why NEVER_SUCCEEDED =
      new Why(
          "",
          "it is here, but no deployment of its group has succeeded everywhere",
          "Deploy a corrected revision.",
          NextAttempt.NONE);

  static final Why RUNNING =
      new Why("", "a deployment of its group is running", "", NextAttempt.AFTER_DEPLOYMENT);

  static final Why NOT_YET = new Why("", "not brought here yet", "", NextAttempt.NEXT_LOOK);

  private Whys() {}

  static Why away(Membership membership) {
    return new Why(
        ErrorCode.PAUSED.id(), membership.away(), membership.remedy(), NextAttempt.AFTER_PAUSE);
  }

  static Why lowerWaves(String reason) {
    return new Why("", reason, "", NextAttempt.AFTER_LOWER_WAVES);
  }

  static Why failed(Installation.Attempt attempt) {
    return new Why(
        attempt.code(),
        attempt.deploymentId() + " failed in " + attempt.event() + ": " + attempt.reason(),
        "Correct what the reason names and deploy again: it is not retried by itself.",
        NextAttempt.NEW_DEPLOYMENT);
  }

  static Why ahead(Wanted one, Installation.Installed installed) {
    return new Why(
        "",
        installed.deploymentId()
            + " was installed here but did not succeed in its group, whose last success is "
            + one.deploymentId(),
        "Deploy a corrected revision, or the one before: nothing is taken back by itself.",
        NextAttempt.NEW_DEPLOYMENT);
  }

  static Why unconfirmed(Wanted one) {
    return new Why(
        ErrorCode.SERVICE_REFUSED.id(),
        "CodeDeploy does not say that "
            + one.deploymentId()
            + " succeeded in "
            + one.group().name()
            + ", as the list of groups does",
        "Read the list again: somebody wrote a wrong one, or the deployment was deleted.",
        NextAttempt.NEXT_LOOK);
  }

  static Why gone(Wanted one) {
    return new Why(
        ErrorCode.BUNDLE_UNAVAILABLE.id(),
        "deployment " + one.deploymentId() + " has no bundle that a host can fetch",
        "Deploy a new revision.",
        NextAttempt.NEW_DEPLOYMENT);
  }

  static Why byService(String deploymentId) {
    return new Why(
        "",
        "deployment " + deploymentId + " of the service brings it",
        "",
        NextAttempt.AFTER_DEPLOYMENT);
  }

  static Why exhausted(int attempts) {
    return new Why(
        "",
        attempts + " deployments of the service did not bring it",
        "Read the last one's error, correct it and deploy again.",
        NextAttempt.NEW_DEPLOYMENT);
  }
}
