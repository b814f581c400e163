package io.kodedeploy.cli.agent;

import static java.util.Objects.requireNonNull;

import io.kodedeploy.cli.console.ExitCode;
import io.kodedeploy.cli.console.OutputFormat;
import io.kodedeploy.core.config.CodeDeployAgentConfig;
import io.kodedeploy.core.config.ConfigRefused;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code kode agent status}: the official line first, then how long ago the service last answered.
 * Not running is exit code 1, as in the official 1.x that monitoring scripts know (2.x says 3).
 */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = {
      "Says whether the agent runs and, when it does, how long ago CodeDeploy last answered it.",
      "",
      "An agent that polls is fine when that is less than about two minutes ago."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:running", "1:not running", "4:cannot be told"},
    footer = {"", "Examples:", "  kode agent status", "  kode agent status --output json", ""})
final class StatusCommand implements Callable<Integer> {
  private static final int UNKNOWN = 4;

  private final AgentCommand agent;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--output",
      paramLabel = "text|json",
      defaultValue = "text",
      description = "text: the official agent's line first; json: one object.")
  private OutputFormat output = OutputFormat.TEXT;

  StatusCommand(AgentCommand agent) {
    this.agent = agent;
  }

  @Override
  public Integer call() {
    var line = requireNonNull(spec).commandLine();
    try {
      var pidFile = PidFile.of(CodeDeployAgentConfig.read(agent.file()));
      var pid = pidFile.running();
      var state = pid.flatMap(p -> AgentState.read(pidFile.state(), p));
      if (output == OutputFormat.JSON) {
        json(line.getOut(), pid, state);
      } else {
        text(line.getOut(), line.getErr(), pid, state);
      }
      return pid.isPresent() ? ExitCode.DONE : ExitCode.FAILED;
    } catch (ConfigRefused e) {
      e.violations().forEach(violation -> line.getErr().println("error: " + violation));
    } catch (IOException e) {
      line.getErr().println("error: the agent's pid file cannot be read: " + e);
    }
    line.getErr().flush();
    return UNKNOWN;
  }

  private static void text(
      PrintWriter out, PrintWriter err, Optional<Long> pid, Optional<AgentState.Content> state) {
    if (pid.isEmpty()) {
      err.println("error: No AWS CodeDeploy agent running");
      err.flush();
      return;
    }
    out.println("The AWS CodeDeploy agent is running as PID " + pid.get());
    state
        .flatMap(content -> content.age(Instant.now()))
        .ifPresentOrElse(
            age -> out.println("Last good poll " + age.toSeconds() + " s ago"),
            () -> out.println("No good poll yet"));
    state
        .flatMap(content -> Optional.ofNullable(content.problem()))
        .ifPresent(problem -> out.println("Problem: " + problem));
    out.flush();
  }

  private static void json(
      PrintWriter out, Optional<Long> pid, Optional<AgentState.Content> state) {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("running", pid.isPresent());
    pid.ifPresent(number -> facts.put("pid", number));
    state.ifPresent(
        content -> {
          Optional.ofNullable(content.lastGoodPoll())
              .ifPresent(when -> facts.put("lastGoodPoll", when));
          content
              .age(Instant.now())
              .map(Duration::toSeconds)
              .ifPresent(age -> facts.put("lastGoodPollAgeSeconds", age));
          Optional.ofNullable(content.problem())
              .ifPresent(problem -> facts.put("problem", problem));
        });
    out.println(JsonMapper.shared().writeValueAsString(facts));
    out.flush();
  }
}
