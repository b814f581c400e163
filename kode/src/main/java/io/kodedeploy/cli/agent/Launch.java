package io.kodedeploy.cli.agent;

import io.kodedeploy.core.config.CodeDeployAgentConfig;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How the process of an agent is started: the virtual machine with the flags of production, and the
 * shell around it that gives a detached one its title.
 *
 * @param home the checkout or installation of kode
 */
record Launch(Path home) {
  private static final String FLAGS = "agent-core/src/main/launch/jvm-options";

  /** {@code exec -a} is no word of every shell; the title is a courtesy to {@code ps}. */
  private static final String TITLED = "exec -a \"$0: master $$\" \"$@\"";

  private static final String UNTITLED = "exec \"$@\"";

  /** Where a detached agent logs: {@code log_dir}, else beside the logs of deployments. */
  static Path logDirectory(CodeDeployAgentConfig config) {
    return config.logDirectory().orElseGet(() -> config.rootDirectory().resolve("deployment-logs"));
  }

  /** The command line of an agent in the foreground. */
  List<String> foreground(Path configFile) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    var flags = home.resolve(FLAGS);
    if (Files.isRegularFile(flags)) {
      command.add("@" + flags);
    }
    command.add("-cp");
    command.add(
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(element -> Path.of(element).toAbsolutePath().toString())
            .collect(Collectors.joining(File.pathSeparator)));
    command.add(AgentMain.class.getName());
    command.add("--config-file");
    command.add(configFile.toAbsolutePath().toString());
    return command;
  }

  /**
   * The command line of a detached agent: a session of its own, the account of {@code user}, no
   * core dumps, the title of the official agent.
   *
   * @param root whether we are root and can change the account
   */
  List<String> detached(
      CodeDeployAgentConfig config, Path configFile, boolean root, List<String> more) {
    var rules = config.processRules();
    var bash = Path.of("/bin/bash");
    boolean titled = Files.isExecutable(bash);
    var command = new ArrayList<>(List.of("setsid"));
    if (root) {
      rules.user().ifPresent(user -> command.addAll(account(user, rules.group())));
    }
    var script =
        (rules.coreDumps() ? "" : "ulimit -c 0; ") + "cd /; " + (titled ? TITLED : UNTITLED);
    command.addAll(
        List.of(titled ? bash.toString() : "/bin/sh", "-c", script, config.programName()));
    command.addAll(foreground(configFile));
    command.add("--detached");
    command.addAll(more);
    return command;
  }

  private static List<String> account(String user, Optional<String> group) {
    return List.of(
        "setpriv",
        "--reuid=" + user,
        group.map(name -> "--regid=" + name).orElseGet(() -> "--regid=" + primaryGroup(user)),
        "--init-groups");
  }

  /** The number of the account's own group, as the file of accounts says. */
  private static String primaryGroup(String user) {
    try (var lines = Files.lines(Path.of("/etc/passwd"))) {
      return lines
          .map(line -> line.split(":"))
          .filter(fields -> fields.length > 3 && fields[0].equals(user))
          .map(fields -> fields[3])
          .findFirst()
          .orElse(user);
    } catch (IOException e) {
      return user;
    }
  }

  /** What an agent needs in its environment beside what is there. */
  static void environment(Map<String, String> environment) {
    environment.put("MALLOC_ARENA_MAX", "1");
  }
}
