package io.kodedeploy.core.hook;

import java.io.IOException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the memory of the agent off the disk, its credentials included ({@code disable_core_dumps},
 * host-agent.md 14.5). Scripts inherit the limit.
 */
public final class CoreDumps {
  private static final Logger log = LoggerFactory.getLogger(CoreDumps.class);

  private CoreDumps() {}

  /**
   * Sets the limit of this process to nothing, by the tool {@code prlimit}. A machine without the
   * tool is told so in the log.
   *
   * @param environment where the tool is looked for
   */
  public static void disable(Map<String, String> environment) throws InterruptedException {
    var builder =
        new ProcessBuilder(
                "prlimit", "--pid", Long.toString(ProcessHandle.current().pid()), "--core=0:0")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().clear();
    builder.environment().putAll(environment);
    try {
      int status = builder.start().waitFor();
      if (status != 0) {
        log.atWarn().addKeyValue("status", status).log("core dumps cannot be switched off");
      }
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue("reason", e.getMessage())
          .log("core dumps cannot be switched off: install prlimit, or set the limit from outside");
    }
  }
}
