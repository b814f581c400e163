package io.kodedeploy.namespace.run;

import io.kodedeploy.core.error.ErrorCode;
import java.time.Duration;

/** Where a Job stands, as one look at it and its pod says. */
sealed interface JobState {
  /** Nothing runs yet, and nothing is wrong. */
  record Waiting(String reason) implements JobState {}

  /**
   * It cannot begin, but the cluster still tries.
   *
   * @param patience how long that is let go on
   */
  record Stuck(ErrorCode code, String reason, Duration patience) implements JobState {}

  /** Its command runs and prints. */
  record Running(String pod) implements JobState {}

  /**
   * It is over.
   *
   * @param pod where its output is, empty when there is none
   */
  record Ended(String pod, JobEnd end) implements JobState {}
}
