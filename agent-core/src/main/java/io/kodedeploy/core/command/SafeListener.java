package io.kodedeploy.core.command;

import io.kodedeploy.core.spec.DeploymentSpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what a listener throws away from the host: it is logged and changes nothing. */
record SafeListener(HostListener listener) implements HostListener {
  private static final Logger log = LoggerFactory.getLogger(SafeListener.class);

  @Override
  public void polled(PollResult result) {
    safely(() -> listener.polled(result));
  }

  @Override
  public void deploymentArrived(DeploymentSpec spec) {
    safely(() -> listener.deploymentArrived(spec));
  }

  @Override
  public void commandStarted(CommandInfo command) {
    safely(() -> listener.commandStarted(command));
  }

  @Override
  public void commandFinished(CommandInfo command, CommandOutcome outcome) {
    safely(() -> listener.commandFinished(command, outcome));
  }

  @Override
  public void commandSettled(CommandInfo command) {
    safely(() -> listener.commandSettled(command));
  }

  @Override
  public void commandSkipped(CommandInfo command) {
    safely(() -> listener.commandSkipped(command));
  }

  @Override
  public void deploymentFinished(DeploymentSpec spec, boolean succeeded) {
    safely(() -> listener.deploymentFinished(spec, succeeded));
  }

  @Override
  public void loopTurned() {
    safely(listener::loopTurned);
  }

  private static void safely(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) {
      log.atError().setCause(e).log("a listener of the host broke");
    }
  }
}
