package io.kodedeploy.cli.agent;

import io.kodedeploy.core.config.CodeDeployAgentConfig;
import io.kodedeploy.core.config.ConfigRefused;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.hook.CoreDumps;
import io.kodedeploy.core.observe.AgentLogging;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process of {@code kode agent run}: a CodeDeploy host in the foreground. Exit codes: 0 after a
 * signal, 1 when it cannot work here (another agent runs), 2 when configuration is refused.
 */
public final class AgentMain {
  private static final Logger log = LoggerFactory.getLogger(AgentMain.class);

  private AgentMain() {}

  /** Whether these arguments of kode ask for this process. */
  public static boolean asked(List<String> arguments) {
    return arguments.size() >= 2
        && arguments.get(0).equals("agent")
        && arguments.get(1).equals("run")
        && arguments.stream().noneMatch(List.of("-h", "--help", "-V", "--version")::contains);
  }

  /** Starts the process. */
  public static void main(String[] args) {
    System.exit(run(List.of(args), System.getenv(), System.out));
  }

  private static int run(List<String> arguments, Map<String, String> environment, PrintStream out) {
    RunOptions options;
    CodeDeployAgentConfig config;
    try {
      options = RunOptions.parse(arguments);
      config = CodeDeployAgentConfig.read(options.configFile());
      AgentFolders.prepare(config);
    } catch (ConfigRefused e) {
      e.violations().forEach(out::println);
      return 2;
    }
    startLogging(options, config);
    var stop = StopSignal.install(config.stopWait());
    int code = 1;
    try {
      code = run(options, config, environment, stop);
    } catch (ConfigRefused e) {
      e.violations().forEach(out::println);
      e.violations().forEach(violation -> log.atError().log("{}", violation));
      code = 2;
    } catch (AgentRefused e) {
      out.println(e.getMessage());
      log.atError().log("{}", e.getMessage());
    } catch (AgentException e) {
      out.println(e.getMessage());
      log.atError()
          .addKeyValue("code", e.code().id())
          .addKeyValue("reason", e.getMessage())
          .addKeyValue("remedy", e.code().remedy())
          .log("the agent cannot work here");
    } catch (IOException e) {
      out.println(e);
      log.atError().setCause(e).log("the agent's files cannot be used");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      stop.finished(code);
    }
    return code;
  }

  private static int run(
      RunOptions options,
      CodeDeployAgentConfig config,
      Map<String, String> environment,
      StopSignal stop)
      throws IOException, InterruptedException {
    long pid = ProcessHandle.current().pid();
    var pidFile = PidFile.of(config);
    try (var _ = pidFile.take(pid)) {
      logSettings(config, environment);
      if (!config.processRules().coreDumps()) {
        CoreDumps.disable(environment);
      }
      var state = new AgentState(pidFile.state(), pid, Clock.systemUTC());
      new PlainHost(config, environment, state, stop).run(options.healthPort(), version());
    }
    return 0;
  }

  private static void startLogging(RunOptions options, CodeDeployAgentConfig config) {
    if (options.detached()) {
      AgentLogging.startFileOnly(Optional.of(Launch.logDirectory(config)), config.programName());
    } else {
      AgentLogging.start();
      AgentLogging.officialFile(config.logDirectory(), config.programName());
    }
    AgentLogging.level(config.verbose() ? "debug" : "info");
  }

  private static void logSettings(CodeDeployAgentConfig config, Map<String, String> environment) {
    config
        .effective()
        .forEach(
            setting ->
                log.atInfo()
                    .addKeyValue("name", setting.key())
                    .addKeyValue("value", setting.value())
                    .addKeyValue("origin", setting.origin())
                    .log("setting"));
    config
        .warnings()
        .forEach(warning -> log.atWarn().addKeyValue("reason", warning).log("setting ignored"));
    config
        .processRules()
        .user()
        .filter(user -> !user.equals(environment.getOrDefault("USER", user)))
        .filter(user -> !user.equals(System.getProperty("user.name")))
        .ifPresent(
            user ->
                log.atWarn()
                    .addKeyValue("user", user)
                    .log(
                        "user has no effect on agent run: start it by kode agent start, or set"
                            + " User= in the unit"));
  }

  private static String version() {
    return Optional.ofNullable(AgentMain.class.getPackage().getImplementationVersion())
        .orElse("unpackaged");
  }
}
