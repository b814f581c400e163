package io.kodedeploy.cli.agent;

import io.kodedeploy.cli.console.ExitCode;
import io.kodedeploy.core.config.CodeDeployAgentConfig;
import io.kodedeploy.core.store.DeploymentPaths;
import io.kodedeploy.core.store.TrackingFiles;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Starts and stops the agent of a machine, in the words of the official one (3.4). */
final class AgentControl {
  private static final Duration STARTED = Duration.ofSeconds(60);
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final Duration BETWEEN = Duration.ofSeconds(1);

  private final CodeDeployAgentConfig config;
  private final Path configFile;
  private final Launch launch;
  private final Map<String, String> environment;
  private final PidFile pidFile;
  private final PrintWriter out;
  private final PrintWriter err;

  AgentControl(
      CodeDeployAgentConfig config,
      Path configFile,
      Launch launch,
      Map<String, String> environment,
      PrintWriter out,
      PrintWriter err) {
    this.config = config;
    this.configFile = configFile;
    this.launch = launch;
    this.environment = environment;
    this.pidFile = PidFile.of(config);
    this.out = out;
    this.err = err;
  }

  /** Starts a detached agent; returns when it has the pid file, or has failed. */
  int start(List<String> more) throws IOException, InterruptedException {
    boolean root = System.getProperty("user.name").equals("root");
    if (root) {
      handOver();
    }
    AgentFolders.prepare(config);
    var running = pidFile.running();
    if (running.isPresent()) {
      return refused(
          "Pidfile "
              + pidFile.path()
              + " exists and process "
              + running.get()
              + " is running - aborting start!");
    }
    if (config.logDirectory().isEmpty()) {
      err.println("log_dir is not set: the log is in " + Launch.logDirectory(config));
    }
    config.warnings().forEach(warning -> err.println("warning: " + warning));
    var builder = new ProcessBuilder(launch.detached(config, configFile, root, more));
    builder.environment().clear();
    builder.environment().putAll(environment);
    Launch.environment(builder.environment());
    builder.redirectInput(new File("/dev/null"));
    builder.redirectOutput(pidFile.errors().toFile());
    builder.redirectError(pidFile.errors().toFile());
    var process = builder.redirectErrorStream(true).start();
    long end = System.nanoTime() + STARTED.toNanos();
    while (process.isAlive() && System.nanoTime() < end) {
      if (pidFile.running().filter(pid -> pid == process.pid()).isPresent()) {
        out.println("Started master " + process.pid());
        out.flush();
        return ExitCode.DONE;
      }
      process.waitFor(LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }
    process.destroy();
    Files.readAllLines(pidFile.errors()).forEach(err::println);
    return refused("the agent did not start; its log is in " + Launch.logDirectory(config));
  }

  /** Folders that are missing are made for the account of the agent. */
  private void handOver() throws IOException {
    var rules = config.processRules();
    if (rules.user().isEmpty()) {
      return;
    }
    var accounts = Path.of("/").getFileSystem().getUserPrincipalLookupService();
    var owner = accounts.lookupPrincipalByName(rules.user().get());
    for (var folder :
        List.of(rules.pidDirectory(), Launch.logDirectory(config), config.rootDirectory())) {
      if (!Files.exists(folder)) {
        Files.createDirectories(folder);
        Files.getFileAttributeView(folder, PosixFileAttributeView.class).setOwner(owner);
      }
    }
  }

  /** Stops the agent, unless it deploys. */
  int stop() throws IOException, InterruptedException {
    out.println("Checking first if a deployment is already in progress");
    out.flush();
    var running = pidFile.running().flatMap(ProcessHandle::of);
    var paths =
        new DeploymentPaths(
            config.rootDirectory(), config.trackingDirectory(), config.programName());
    boolean deploying = !new TrackingFiles(paths, Clock.systemUTC()).left().isEmpty();
    if (running.isEmpty()) {
      out.println("Nothing running that could be stopped");
      out.flush();
      return ExitCode.DONE;
    }
    if (deploying) {
      return refused("A deployment is already in Progress");
    }
    var process = running.get();
    out.println("Stopping master " + process.pid());
    out.flush();
    process.destroy();
    long end = System.nanoTime() + config.stopWait().toNanos() + STARTED.toNanos();
    while (process.isAlive() && System.nanoTime() < end) {
      Thread.sleep(LOOK);
    }
    return process.isAlive() ? refused("AWS CodeDeploy agent is still running") : ExitCode.DONE;
  }

  int restart(List<String> more) throws IOException, InterruptedException {
    int stopped = stop();
    if (stopped != ExitCode.DONE) {
      return stopped;
    }
    Thread.sleep(BETWEEN);
    return start(more);
  }

  private int refused(String message) {
    err.println(message);
    err.flush();
    return ExitCode.FAILED;
  }
}
