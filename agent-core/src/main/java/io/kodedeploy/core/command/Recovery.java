package io.kodedeploy.core.command;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.protocol.CommandService;
import io.kodedeploy.core.protocol.Diagnostics;
import io.kodedeploy.core.store.TrackingFiles;
import java.io.IOException;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports what a dead agent left behind (host-agent.md section 4.9): every command, before the
 * first poll, as failed. A file stays when its report was not accepted, and the next start tries
 * again. Nothing here stops the start.
 */
final class Recovery {
  private static final Logger log = LoggerFactory.getLogger(Recovery.class);

  private final TrackingFiles tracking;
  private final CommandService service;

  Recovery(TrackingFiles tracking, CommandService service) {
    this.tracking = tracking;
    this.service = service;
  }

  /**
   * Reports.
   *
   * @param resumed commands that go on and are reported when they end
   */
  void run(Set<String> resumed) throws InterruptedException {
    try {
      for (var left : tracking.left()) {
        if (!resumed.contains(left.hostCommandIdentifier())) {
          report(left);
        }
      }
    } catch (IOException | RuntimeException e) {
      log.atError().setCause(e).log("Exception thrown during restart recovery");
    }
  }

  private void report(TrackingFiles.Left left) throws InterruptedException {
    try {
      service.complete(left.hostCommandIdentifier(), Diagnostics.afterRestart());
      log.atWarn()
          .addKeyValue("deploymentId", left.file().getFileName())
          .log("command interrupted by a restart was reported as failed");
      tracking.forget(left);
    } catch (AgentException e) {
      log.atError()
          .setCause(e)
          .addKeyValue("deploymentId", left.file().getFileName())
          .log("interrupted command could not be reported");
      if (e.code() == ErrorCode.SERVICE_REFUSED) {
        tracking.forget(left); // the service does not know the command any more
      }
    }
  }
}
