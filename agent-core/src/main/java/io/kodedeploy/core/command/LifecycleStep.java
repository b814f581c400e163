package io.kodedeploy.core.command;

/**
 * What an agent adds to lifecycle events. One instance serves all commands of a host, several at
 * once, but never two of one deployment group.
 */
public interface LifecycleStep {
  /**
   * Where a step stands relative to the scripts, or to what the agent itself does in DownloadBundle
   * and Install.
   */
  enum Order {
    BEFORE_SCRIPTS,
    AFTER_SCRIPTS
  }

  /** What a restart does with a step that it interrupted, on a host with durable notes. */
  enum Interruption {
    /** It is begun again: doing it twice is doing it once. */
    CONTINUE,
    /** It is reported as failed at once: nobody knows how far it came. */
    FAIL
  }

  /** Reported as {@code script_name} when the step fails, for example {@code kodedeploy.apply}. */
  String name();

  /**
   * When it runs. Install counts as a script here: a step that needs the bundle's files runs after
   * it.
   */
  default Order order() {
    return Order.BEFORE_SCRIPTS;
  }

  /** What a restart does with it. */
  default Interruption interruption() {
    return Interruption.CONTINUE;
  }

  /**
   * Whether it has something to do in this event; decides the no-op answer of the acknowledgement
   * together with the scripts. Asked again before {@link #run}. A quick look at settings and files,
   * nothing is changed.
   *
   * @throws io.kodedeploy.core.error.AgentException fails the command before it is acknowledged
   * @throws InterruptedException if the agent is stopping
   */
  boolean hasWork(LifecycleEvent event, StepContext context) throws InterruptedException;

  /**
   * Does it. Must be repeatable: after a crash a deployment that is started again comes here again.
   *
   * @throws io.kodedeploy.core.error.AgentException reported like a failed script: code 4, {@link
   *     #name} as script
   * @throws InterruptedException if the agent is stopping
   */
  void run(LifecycleEvent event, StepContext context) throws InterruptedException;
}
