package io.kodedeploy.namespace;

import io.kodedeploy.core.observe.AgentLogging;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * A new cluster of many namespaces: how soon it has what the old one has, what that costs AWS and
 * the API server, and what it costs to start again when nothing is to be done. Started by {@code
 * run}, from the root of the repository.
 */
final class ParityBench {
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final Duration SETTLE = Duration.ofSeconds(30); // native trimmer, heap
  private static final int OBJECTS = 5;

  private static String prefix = "";

  private ParityBench() {}

  /**
   * Measures.
   *
   * @param args number of namespaces, minutes of watching, {@code shared} or {@code perNamespace},
   *     flags of the agents' JVM
   */
  public static void main(String[] args) throws Exception {
    AgentLogging.start(); // the SDK would say everything
    AgentLogging.level("error");
    var namespaces =
        IntStream.rangeClosed(1, Integer.parseInt(args[0]))
            .mapToObj(number -> String.format(Locale.ROOT, "ns-%03d", number))
            .toList();
    var minutes = Duration.ofMillis(Math.round(Double.parseDouble(args[1]) * 60_000));
    boolean shared = args[2].equals("shared");
    prefix = shared ? "shared_" : "";
    var folder = Files.createTempDirectory("parity-bench");
    try (var account = new Account(namespaces);
        var cluster = NewCluster.start(namespaces, folder, shared);
        var agents = new Agents(cluster, account, List.of(args).subList(3, args.length))) {
      var begun = Instant.now();
      agents.start(namespaces);
      agents.awaitParity(LIMIT);
      print("parity_seconds", Duration.between(begun, Instant.now()).toMillis() / 1000.0);
      print("agent_cpu_seconds", median(agents.processorSeconds()));
      check(cluster.brought().size(), namespaces.size() * Account.applications() * OBJECTS);
      say("AWS calls to parity", account.calls(begun));
      say("API requests to parity", cluster.requests(begun));
      TimeUnit.NANOSECONDS.sleep(Duration.between(Instant.now(), begun.plus(minutes)).toNanos());
      print(
          "api_requests_per_second",
          sum(cluster.requests(begun))
              / (Duration.between(begun, Instant.now()).toMillis() / 1000.0));
      print("worked_rss_mib", median(agents.residentMib()));
      agents.stop();
      var again = Instant.now();
      agents.start(namespaces);
      agents.awaitParity(LIMIT);
      print("restart_parity_seconds", Duration.between(again, Instant.now()).toMillis() / 1000.0);
      var calls = account.calls(again);
      say("AWS calls of a start with nothing to do", calls);
      print("aws_calls_idle_start", sum(calls) / (double) namespaces.size());
      TimeUnit.NANOSECONDS.sleep(SETTLE.toNanos());
      print(shared ? "idle_rss_mib" : "namespace_idle_rss_mib", median(agents.residentMib()));
    } finally {
      delete(folder);
    }
  }

  private static void check(int found, int expected) {
    if (found != expected) {
      throw new IllegalStateException(
          "the agents say they have everything, the cluster holds "
              + found
              + " objects of "
              + expected);
    }
  }

  private static int sum(Map<String, Integer> counts) {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  private static void say(String what, Map<String, Integer> counts) {
    System.err.println(what + ": " + sum(counts) + " " + new TreeMap<>(counts));
  }

  private static void print(String name, double value) {
    System.out.printf(Locale.ROOT, "bench: %s%s=%.2f%n", prefix, name, value);
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
