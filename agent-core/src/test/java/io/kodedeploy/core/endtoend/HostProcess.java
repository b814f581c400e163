package io.kodedeploy.core.endtoend;

import io.kodedeploy.core.command.Acceptance;
import io.kodedeploy.core.command.Host;
import io.kodedeploy.core.command.HostListener;
import io.kodedeploy.core.command.HostSettings;
import io.kodedeploy.core.config.CodeDeployAgentConfig;
import io.kodedeploy.core.identity.OnPremisesIdentity;
import io.kodedeploy.core.store.DurableNotes;
import io.kodedeploy.core.store.FolderNotes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A host as a process of its own, so that it can be killed. */
public final class HostProcess {
  private HostProcess() {}

  /** Starts one; what it prints goes to a file of its own in that folder. */
  static Process start(Path config, Path logs, List<String> more) throws IOException {
    var command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                HostProcess.class.getName(),
                config.toString()));
    command.addAll(more);
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(logs.resolve("host-" + System.nanoTime() + ".log").toFile())
        .start();
  }

  /** Runs the host of a {@code codedeployagent.yml}; a folder after it holds its durable notes. */
  public static void main(String[] arguments) throws InterruptedException {
    var config = CodeDeployAgentConfig.read(Path.of(arguments[0]));
    var identity = OnPremisesIdentity.read(config.onPremisesFile(), Map.of()).orElseThrow();
    var notes =
        Arrays.stream(arguments)
            .skip(1)
            .findFirst()
            .<DurableNotes>map(folder -> new FolderNotes(Path.of(folder)));
    var settings =
        new HostSettings(config, Map.of("PATH", "/usr/bin:/bin"), true, Acceptance.ANY, notes);
    try (var host = Host.open(settings, identity, List.of(), HostListener.NOOP)) {
      host.run();
    }
  }
}
