package io.kodedeploy.namespace;

import io.kodedeploy.core.command.LifecycleEvent;
import io.kodedeploy.core.command.LifecycleStep;
import io.kodedeploy.core.command.StepContext;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.namespace.cluster.NamespacePause;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fails a deployment at its first events while the namespace is paused or about to be gone, so that
 * nobody waits for a timeout. A deployment that has begun is not broken off.
 */
final class PauseStep implements LifecycleStep {
  private static final Logger log = LoggerFactory.getLogger(PauseStep.class);
  private static final Set<LifecycleEvent> FIRST =
      Set.of(LifecycleEvent.APPLICATION_STOP, LifecycleEvent.DOWNLOAD_BUNDLE);

  private final NamespacePause pause;

  PauseStep(NamespacePause pause) {
    this.pause = pause;
  }

  @Override
  public String name() {
    return "kodedeploy.pause";
  }

  @Override
  public boolean hasWork(LifecycleEvent event, StepContext context) throws InterruptedException {
    if (!FIRST.contains(event)) {
      return false;
    }
    try {
      return pause.reason().isPresent();
    } catch (AgentException e) {
      if (e.code() == ErrorCode.NAMESPACE_ENDING) {
        throw e;
      }
      log.atWarn()
          .addKeyValue("code", e.code().id())
          .addKeyValue("reason", e.getMessage())
          .log("nobody can tell whether the namespace is paused, so it counts as not paused");
      return false;
    }
  }

  @Override
  public void run(LifecycleEvent event, StepContext context) throws InterruptedException {
    var reason = pause.reason();
    if (reason.isPresent()) {
      throw new AgentException(ErrorCode.PAUSED, reason.get());
    }
  }
}
