package io.kodedeploy.core.endtoend;

import io.kodedeploy.core.command.Host;
import io.kodedeploy.core.command.HostListener;
import io.kodedeploy.core.command.HostSettings;
import io.kodedeploy.core.config.CodeDeployAgentConfig;
import io.kodedeploy.core.identity.OnPremisesIdentity;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A host as a process of its own, so that it can be killed. */
public final class HostProcess {
  private HostProcess() {}

  /** Runs the host of a {@code codedeployagent.yml}. */
  public static void main(String[] arguments) throws InterruptedException {
    var config = CodeDeployAgentConfig.read(Path.of(arguments[0]));
    var identity = OnPremisesIdentity.read(config.onPremisesFile(), Map.of()).orElseThrow();
    var settings = new HostSettings(config, Map.of("PATH", "/usr/bin:/bin"), true);
    try (var host = Host.open(settings, identity, List.of(), HostListener.NOOP)) {
      host.run();
    }
  }
}
