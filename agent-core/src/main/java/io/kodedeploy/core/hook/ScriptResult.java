package io.kodedeploy.core.hook;

import io.kodedeploy.core.error.ErrorCode;

/** How the scripts of a lifecycle event ended. */
public sealed interface ScriptResult {

  /** Every script ended with status 0. */
  record Succeeded() implements ScriptResult {}

  /**
   * A script failed; those after it did not run.
   *
   * @param script its location as the AppSpec writes it
   * @param log the newest entries of the event's log
   */
  record Failed(ErrorCode code, String script, String message, String log)
      implements ScriptResult {}
}
