package io.kodedeploy.cli.agent;

import static java.util.Objects.requireNonNull;

import io.kodedeploy.core.config.CodeDeployAgentConfig;
import io.kodedeploy.core.config.ConfigRefused;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code kode agent unit}: a unit of systemd for this installation and configuration. */
@Command(
    name = "unit",
    mixinStandardHelpOptions = true,
    description = {
      "Prints a unit of systemd for the agent of this installation.",
      "",
      "It starts after the network is online, is restarted when it dies, and a stop waits as long"
          + " as running hooks may take. What hooks have started goes on when the agent stops"
          + " (KillMode=process)."
    },
    footer = {
      "",
      "Examples:",
      "  kode agent unit | sudo tee /etc/systemd/system/codedeploy-agent.service",
      "  sudo systemctl daemon-reload && sudo systemctl enable --now codedeploy-agent",
      ""
    })
final class UnitCommand implements Callable<Integer> {
  private static final Duration AFTER_COMMANDS = Duration.ofSeconds(20);

  private final AgentCommand agent;

  @Spec private @Nullable CommandSpec spec;

  UnitCommand(AgentCommand agent) {
    this.agent = agent;
  }

  @Override
  public Integer call() {
    var line = requireNonNull(spec).commandLine();
    CodeDeployAgentConfig config;
    try {
      config = CodeDeployAgentConfig.read(agent.file());
    } catch (ConfigRefused e) {
      e.violations().forEach(line.getErr()::println);
      line.getErr().flush();
      return 1;
    }
    var rules = config.processRules();
    String command =
        agent.launch().foreground(agent.file()).stream()
            .map(UnitCommand::word)
            .collect(Collectors.joining(" "));
    line.getOut()
        .print(
            """
            [Unit]
            Description=AWS CodeDeploy agent (KodeDeploy)
            Wants=network-online.target
            After=network-online.target
            StartLimitIntervalSec=0

            [Service]
            Type=simple
            Environment=MALLOC_ARENA_MAX=1
            WorkingDirectory=/
            ExecStart=%s
            Restart=on-failure
            RestartSec=5
            KillMode=process
            TimeoutStopSec=%d
            %s%s%s
            [Install]
            WantedBy=multi-user.target
            """
                .formatted(
                    command,
                    config.stopWait().plus(AFTER_COMMANDS).toSeconds(),
                    rules.coreDumps() ? "" : "LimitCORE=0\n",
                    rules.user().map(user -> "User=" + user + "\n").orElse(""),
                    rules.group().map(group -> "Group=" + group + "\n").orElse("")));
    line.getOut().flush();
    return 0;
  }

  /** A word of a unit: per cent and dollar signs mean something there. */
  private static String word(String text) {
    String escaped = text.replace("%", "%%").replace("$", "$$");
    return escaped.contains(" ") ? '"' + escaped + '"' : escaped;
  }
}
