package io.kodedeploy.namespace;

import io.kodedeploy.core.command.LifecycleEvent;
import io.kodedeploy.core.command.LifecycleStep;
import io.kodedeploy.core.command.StepContext;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.namespace.cluster.NamespacePause;

/**
 * A step whose failure is explained by its namespace, when that is being deleted: whatever the API
 * server said about single objects then is only what follows from it.
 */
record EndingNamespace(LifecycleStep step, NamespacePause namespace) implements LifecycleStep {
  @Override
  public String name() {
    return step.name();
  }

  @Override
  public Order order() {
    return step.order();
  }

  @Override
  public Interruption interruption() {
    return step.interruption();
  }

  @Override
  public boolean hasWork(LifecycleEvent event, StepContext context) throws InterruptedException {
    return step.hasWork(event, context);
  }

  @Override
  public void run(LifecycleEvent event, StepContext context) throws InterruptedException {
    try {
      step.run(event, context);
    } catch (AgentException failure) {
      if (failure.code() != ErrorCode.CLUSTER_UNREACHABLE) { // nobody would answer
        explain(failure);
      }
      throw failure;
    }
  }

  private void explain(AgentException failure) throws InterruptedException {
    try {
      var _ = namespace.reason();
    } catch (AgentException e) {
      if (e.code() == ErrorCode.NAMESPACE_ENDING) {
        throw new AgentException(
            e.code(), e.getMessage() + "; it ended with: " + failure.getMessage(), failure);
      }
    }
  }
}
