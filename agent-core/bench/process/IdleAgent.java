import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;

/** A node agent without work. */
final class IdleAgent {
  private static final Duration SETTLED = Duration.ofSeconds(30);
  private static final Duration PROBES = Duration.ofSeconds(10);

  private IdleAgent() {}

  static void firstPoll(ProcessBench.Options options) throws Exception {
    var times = new ArrayList<Double>();
    var processor = new ArrayList<Double>();
    for (int run = 0; run < options.runsOr(9); run++) {
      try (var service = new HeldService();
          var agent = AgentProcess.start(service.url(), service.url(), options.jvm())) {
        times.add((polled(service, agent) - agent.begun) / 1e6);
        processor.add(agent.threadsMillis());
      }
    }
    System.err.println("first poll, ms: " + times.stream().map(Math::round).toList());
    ProcessBench.print("first_poll_ms", Math.round(ProcessBench.median(times)));
    ProcessBench.print("first_poll_cpu_ms", Math.round(ProcessBench.median(processor)));
  }

  private static long polled(HeldService service, AgentProcess agent) throws Exception {
    long when = service.firstPoll();
    if (when == 0) {
      throw new IOException("no poll within a minute: " + agent.log());
    }
    return when;
  }

  /** With the probes of a kubelet every ten seconds and a scrape every minute. */
  static void idle(ProcessBench.Options options) throws Exception {
    try (var service = new HeldService();
        var agent = AgentProcess.start(service.url(), service.url(), options.jvm());
        var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      polled(service, agent);
      long settled = agent.begun + SETTLED.toNanos();
      long end = agent.begun + options.idle().toNanos();
      double before = 0;
      long since = 0;
      for (int turn = 1; System.nanoTime() < end; turn++) {
        TimeUnit.NANOSECONDS.sleep(Math.min(PROBES.toNanos(), end - System.nanoTime()));
        agent.get(http, "/health/live");
        agent.get(http, "/health/ready");
        if (turn % 6 == 1) {
          agent.get(http, "/metrics");
        }
        if (since == 0 && System.nanoTime() > settled) {
          since = System.nanoTime();
          before = agent.processorSeconds();
        }
      }
      double minutes = (System.nanoTime() - since) / 60e9;
      double used = agent.processorSeconds() - before;
      ProcessBench.print("idle_rss_mib", agent.residentMib());
      ProcessBench.print("idle_anon_mib", agent.anonymousMib());
      System.out.printf("bench: idle_cpu_s_per_min=%.3f%n", used / minutes);
    }
  }
}
