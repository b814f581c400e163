package io.kodedeploy.core.hook;

import io.kodedeploy.core.spec.DeploymentSpec;
import io.kodedeploy.core.spec.Script;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What carries the scripts of a lifecycle event out: this process, or something else for it. */
public interface EventScripts {
  /**
   * Runs scripts one after another until one fails. An interrupt ends the running script and is a
   * failure with {@link io.kodedeploy.core.error.ErrorCode#COMMAND_INTERRUPTED}; the thread stays
   * interrupted, so that the caller can report first and then leave.
   *
   * @param event name of the lifecycle event
   * @param spec the current deployment, whichever revision supplies the scripts
   * @param observedETag ETag of the downloaded bundle
   * @param archive unpacked revision that supplies the scripts
   * @param output log of the event
   * @param turns which of the scripts run
   */
  ScriptResult run(
      String event,
      DeploymentSpec spec,
      Optional<String> observedETag,
      Path archive,
      List<Script> scripts,
      ScriptLog output,
      ScriptTurns turns);
}
