package io.kodedeploy.core.command;

import io.kodedeploy.core.identity.HostIdentity;
import io.kodedeploy.core.spec.DeploymentSpec;
import java.util.List;

/**
 * A CodeDeploy host: identity, loop, state folder and clients, without any global state. A process
 * may carry many.
 */
@SuppressWarnings("DoNotCallSuggester") // until its behaviour is here
public final class Host implements AutoCloseable {
  private Host() {}

  /**
   * Opens a host; nothing is sent yet.
   *
   * @throws io.kodedeploy.core.error.AgentException {@code state-locked} when another agent uses
   *     the same root
   */
  public static Host open(
      HostSettings settings,
      HostIdentity identity,
      List<LifecycleStep> steps,
      HostListener listener) {
    throw new UnsupportedOperationException("follows");
  }

  /**
   * Recovers, then polls until {@link #stop}; returns when running commands have ended or the limit
   * has passed.
   */
  public void run() throws InterruptedException {
    throw new UnsupportedOperationException("follows");
  }

  /** No new poll from now on. Returns at once; any thread. */
  public void stop() {
    throw new UnsupportedOperationException("follows");
  }

  /**
   * Executes an event locally: same engine, same order within the deployment group and same files
   * as a command of the service, but nothing is sent. A no-op event succeeds.
   *
   * @throws InterruptedException if the caller is interrupted
   */
  public CommandOutcome execute(DeploymentSpec spec, LifecycleEvent event)
      throws InterruptedException {
    throw new UnsupportedOperationException("follows");
  }

  /** What it is doing now. */
  public HostStatus status() {
    throw new UnsupportedOperationException("follows");
  }

  /** Stops, if need be, and releases the state folder. */
  @Override
  public void close() {
    throw new UnsupportedOperationException("follows");
  }
}
