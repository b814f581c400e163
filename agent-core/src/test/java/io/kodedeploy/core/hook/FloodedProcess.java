package io.kodedeploy.core.hook;

import io.kodedeploy.core.config.HookRules;
import io.kodedeploy.core.config.ProcessRules.FolderRule;
import io.kodedeploy.core.conformance.Specifications;
import io.kodedeploy.core.spec.Script;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs a script that prints 100 MB, in a process whose heap a test chooses. */
final class FloodedProcess {
  private static final String FLOOD =
      """
      #!/bin/sh
      line=$(printf '%01000d' 0)
      yes "$line" | head -c 90000000 &
      head -c 10000000 /dev/zero >&2
      wait
      """;

  private FloodedProcess() {}

  public static void main(String[] arguments) throws Exception {
    var root = Path.of(arguments[0]);
    var archive = Files.createDirectories(root.resolve("G/d-1/deployment-archive"));
    Files.writeString(archive.resolve("a.sh"), FLOOD);
    try (var deployments = new DeploymentsLog(root.resolve("all.log"), Clock.systemUTC());
        var log =
            ScriptLog.of(
                root.resolve("G/d-1"), "d-1", Optional.of(deployments), Clock.systemUTC())) {
      var result =
          new ScriptRunner(
                  Map.of("PATH", "/usr/bin:/bin"),
                  HookRules.DEFAULTS,
                  FolderRule.UMASK,
                  root.resolve(".pipes"))
              .run(
                  "AfterInstall",
                  Specifications.with(Map.of()),
                  Optional.empty(),
                  archive,
                  List.of(new Script("a.sh", Duration.ofMinutes(2), Optional.empty(), false)),
                  log,
                  ScriptTurns.ALL);
      System.out.println(result);
    }
  }
}
