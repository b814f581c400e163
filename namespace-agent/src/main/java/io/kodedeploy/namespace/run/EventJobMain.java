package io.kodedeploy.namespace.run;

import io.kodedeploy.core.bundle.RevisionArchive;
import io.kodedeploy.core.config.BundleRules;
import io.kodedeploy.core.config.HookRules;
import io.kodedeploy.core.config.ProcessRules.FolderRule;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.hook.ScriptLog;
import io.kodedeploy.core.hook.ScriptResult;
import io.kodedeploy.core.hook.ScriptRunner;
import io.kodedeploy.core.hook.ScriptTurns;
import io.kodedeploy.core.install.Installer;
import io.kodedeploy.core.spec.FileExistsBehavior;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code kodedeploy-hooks EVENT ARCHIVE APPSPEC BEHAVIOR install|leave}: in a Job, installs what
 * {@code files:} and {@code permissions:} of the AppSpec ask for, then runs the scripts of an event
 * in their order. Prints entries of {@link EventJobLine} for the agent. Exit codes: 0 done, 1 a
 * script or the installation failed, 2 usage.
 */
public final class EventJobMain {
  private EventJobMain() {}

  /** Runs them. */
  public static void main(String[] args) throws IOException, InterruptedException {
    System.exit(run(List.of(args), System.getenv(), System.out));
  }

  static int run(List<String> args, Map<String, String> environment, PrintStream out)
      throws IOException, InterruptedException {
    if (args.size() != 5) {
      System.err.println("usage: kodedeploy-hooks EVENT ARCHIVE APPSPEC BEHAVIOR install|leave");
      return 2;
    }
    var event = args.get(0);
    var archive = Path.of(args.get(1));
    var work = Files.createTempDirectory("kodedeploy-event-");
    var variables = new HashMap<>(environment);
    variables.putAll(NameServer.variables(Path.of("/etc/resolv.conf")));
    ScriptResult result;
    try (var log = ScriptLog.handedOn((label, bytes) -> EventJobLine.print(out, label, bytes))) {
      var appSpec = RevisionArchive.appSpec(archive, args.get(2));
      if (args.get(4).equals("install")) {
        new Installer(environment, BundleRules.DEFAULTS)
            .runFor(appSpec, archive, FileExistsBehavior.of(args.get(3)), work);
      }
      result =
          new ScriptRunner(environment, HookRules.DEFAULTS, FolderRule.UMASK, work.resolve("pipes"))
              .run(variables, archive, appSpec.scripts(event), log, ScriptTurns.ALL);
    } catch (AgentException e) {
      result = new ScriptResult.Failed(e.code(), "", e.getMessage(), "");
    }
    if (result instanceof ScriptResult.Failed failed) {
      EventJobLine.print(out, failed);
      return 1;
    }
    return 0;
  }
}
