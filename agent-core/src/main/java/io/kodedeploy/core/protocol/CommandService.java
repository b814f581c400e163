package io.kodedeploy.core.protocol;

import java.util.Optional;

/**
 * The host command service as a host sees it. Every call blocks, at worst until its timeout, and
 * fails with an {@link io.kodedeploy.core.error.AgentException}: {@code service-throttled}, {@code
 * service-unreachable}, {@code service-denied}, {@code service-error} (all may pass) or {@code
 * service-refused} (the call itself is wrong). All but the poll are repeated for a while before
 * they fail. Interruption ends a wait between two attempts.
 */
public interface CommandService extends AutoCloseable {
  /**
   * Asks for work, without repetition; the service may hold the request for a minute. One at a
   * time.
   */
  Optional<PolledCommand> poll() throws InterruptedException;

  /** Ends a poll that another thread makes, if there is one; it fails as unreachable. */
  void abortPoll();

  /** The specification of a deployment, unchecked. */
  DeploymentSpecification specification(String deploymentExecutionId) throws InterruptedException;

  /** Acknowledges; answers the status that the service gave the command. */
  Optional<String> acknowledge(String hostCommandIdentifier, boolean noop)
      throws InterruptedException;

  /** Reports the final result. */
  void complete(String hostCommandIdentifier, Diagnostics diagnostics) throws InterruptedException;

  /** Where it is, for logs and status. */
  String endpoint();

  @Override
  void close();
}
