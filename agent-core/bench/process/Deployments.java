import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A node agent that deploys: seven events, five of them with a script that says when it began. */
final class Deployments {
  private static final List<String> HOOKS =
      List.of(
          "ApplicationStop",
          "BeforeInstall",
          "AfterInstall",
          "ApplicationStart",
          "ValidateService");
  private static final int WARM_UP = 8;
  private static final Duration SETTLE = Duration.ofSeconds(25); // two turns of the native trimmer

  private static final Duration BETWEEN = Duration.ofMillis(1500);

  private Deployments() {}

  static void measure(ProcessBench.Options options) throws Exception {
    var work = AgentProcess.folder();
    var hooks = work.resolve("hooks");
    try (var cloud = new Cloud();
        var agent = AgentProcess.start(cloud.url, cloud.metadata, options.jvm())) {
      cloud.upload(bundle(work, hooks));
      for (int i = 0; i < WARM_UP; i++) {
        deploy(cloud, agent);
      }
      Files.deleteIfExists(hooks);
      var from = Instant.now();
      var times = new ArrayList<Double>();
      for (int i = 0; i < options.runsOr(15); i++) {
        Thread.sleep(BETWEEN); // the node's budget of one GetDeploymentGroup a second is not the figure
        times.add((double) deploy(cloud, agent).toMillis());
      }
      System.err.println("deployments, ms: " + times.stream().map(Math::round).toList());
      ProcessBench.print("deployment_ms", ProcessBench.median(times));
      ProcessBench.print("command_to_hook_ms", ProcessBench.median(delays(cloud, hooks, from)));
      ProcessBench.print("bare_script_ms", bare(work.resolve("bare")));
      if (System.getenv("BENCH_REQUESTS") != null) {
        cloud.answered().stream()
            .skip(Math.max(0, cloud.answered().size() - 40))
            .forEach(System.err::println);
      }
    } finally {
      AgentProcess.delete(work);
    }
  }

  private static Duration deploy(Cloud cloud, AgentProcess agent) throws Exception {
    try {
      return cloud.deploy();
    } catch (IllegalStateException e) {
      throw new IOException(agent.log(), e);
    }
  }

  /** Each hook, from the answer that handed its command out: the last poll answered before it. */
  private static List<Double> delays(Cloud cloud, Path hooks, Instant from) throws Exception {
    var polls =
        cloud.answered().stream()
            .filter(call -> call.operation().equals("PollHostCommand"))
            .map(Cloud.Answered::when)
            .toList();
    var delays = new ArrayList<Double>();
    for (var line : Files.readAllLines(hooks)) {
      var begun = instant(line);
      polls.stream()
          .filter(when -> when.isAfter(from) && when.isBefore(begun))
          .max(Instant::compareTo)
          .ifPresent(when -> delays.add(Duration.between(when, begun).toNanos() / 1e6));
    }
    return delays;
  }

  private static Instant instant(String secondsAndMicros) {
    return Instant.EPOCH.plusNanos(
        new BigDecimal(secondsAndMicros).movePointRight(9).longValueExact());
  }

  /** The same script from this process, as the agent starts it: in a session of its own. */
  private static double bare(Path folder) throws Exception {
    Files.createDirectories(folder);
    var script = folder.resolve("script");
    var said = folder.resolve("said");
    Files.writeString(script, script(said));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    var times = new ArrayList<Double>();
    for (int i = 0; i < 30; i++) {
      Files.deleteIfExists(said);
      var begun = Instant.now();
      new ProcessBuilder("setsid", script.toString()).start().waitFor();
      var line = Files.readAllLines(said).getFirst();
      times.add(Duration.between(begun, instant(line)).toNanos() / 1e6);
    }
    return ProcessBench.median(times);
  }

  private static String script(Path said) {
    return "#!/bin/bash\necho \"$EPOCHREALTIME\" >>" + said + "\n";
  }

  private static Map<String, String> bundle(Path work, Path hooks) {
    var files = new LinkedHashMap<String, String>();
    var appSpec =
        new StringBuilder("version: 0.0\nos: linux\nfiles:\n  - source: app\n    destination: ")
            .append(work.resolve("installed"))
            .append("\nfile_exists_behavior: OVERWRITE\nhooks:\n");
    for (var event : HOOKS) {
      appSpec
          .append("  ")
          .append(event)
          .append(":\n    - location: scripts/hook.sh\n      timeout: 60\n");
    }
    files.put("appspec.yml", appSpec.toString());
    files.put("scripts/hook.sh", script(hooks));
    files.put("app/index.html", "hello\n");
    return files;
  }

  static void soak(ProcessBench.Options options) throws Exception {
    var work = AgentProcess.folder();
    try (var cloud = new Cloud();
        var agent = AgentProcess.start(cloud.url, cloud.metadata, options.jvm())) {
      cloud.upload(bundle(work, work.resolve("hooks")));
      var warmUp = options.soak().dividedBy(4);
      int before =
          run(
              cloud,
              agent,
              warmUp.compareTo(Duration.ofMinutes(10)) > 0 ? Duration.ofMinutes(10) : warmUp);
      double resident = agent.residentMib();
      long threads = agent.threads();
      long files = agent.openFiles();
      System.err.printf(
          "after %d deployments: %.1f MiB, %d threads, %d files%n",
          before, resident, threads, files);
      int after = run(cloud, agent, options.soak().minus(warmUp));
      System.err.printf(
          "after %d deployments: %.1f MiB, %d threads, %d files%n",
          before + after, agent.residentMib(), agent.threads(), agent.openFiles());
      ProcessBench.print("soak_rss_growth_mib", agent.residentMib() - resident);
      ProcessBench.print("soak_threads_growth", agent.threads() - threads);
      ProcessBench.print("soak_fds_growth", agent.openFiles() - files);
      ProcessBench.print("soak_deployments", before + after);
    } finally {
      AgentProcess.delete(work);
    }
  }

  private static int run(Cloud cloud, AgentProcess agent, Duration length) throws Exception {
    int count = 0;
    for (long end = System.nanoTime() + length.toNanos(); System.nanoTime() < end; count++) {
      deploy(cloud, agent);
    }
    TimeUnit.NANOSECONDS.sleep(SETTLE.toNanos());
    return count;
  }
}
