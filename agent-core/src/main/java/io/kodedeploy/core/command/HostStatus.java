package io.kodedeploy.core.command;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a host is doing, a snapshot.
 *
 * @param hostIdentifier ARN of the host
 * @param region signing region
 * @param identity where identity and credentials come from
 * @param endpoint of the command service
 * @param lastPoll end of the last poll, good or bad
 * @param lastGoodPoll end of the last poll that the service answered
 * @param pollProblem why the last poll failed; empty after a good one
 * @param running commands being executed
 * @param stopping whether no new poll is made
 */
public record HostStatus(
    String hostIdentifier,
    String region,
    String identity,
    String endpoint,
    Optional<Instant> lastPoll,
    Optional<Instant> lastGoodPoll,
    Optional<String> pollProblem,
    List<Running> running,
    boolean stopping) {
  /**
   * A command being executed.
   *
   * @param event its lifecycle event
   * @param since when its execution began
   */
  public record Running(
      String event,
      String deploymentId,
      String application,
      String deploymentGroup,
      Instant since) {}

  /** Copies the list. */
  public HostStatus {
    running = List.copyOf(running);
  }
}
