import io.kodedeploy.core.observe.AgentLogging;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Figures of whole processes. Started by {@code run}, from the root of the repository. */
final class ProcessBench {
  /**
   * What was asked for.
   *
   * @param runs of one measurement, 0 for its own default
   * @param jvm flags of the agent's JVM
   */
  record Options(List<String> groups, int runs, Duration idle, Duration soak, List<String> jvm) {
    static Options of(String[] args) {
      var groups = new ArrayList<String>();
      int runs = 0;
      var idle = Duration.ofMinutes(2);
      var soak = Duration.ofMinutes(4);
      int i = 0;
      for (; !args[i].equals("--"); i++) {
        switch (args[i]) {
          case "--runs" -> runs = Integer.parseInt(args[++i]);
          case "--idle-minutes" -> idle = minutes(args[++i]);
          case "--soak-minutes" -> soak = minutes(args[++i]);
          default -> groups.add(args[i]);
        }
      }
      return new Options(groups, runs, idle, soak, List.of(args).subList(i + 1, args.length));
    }

    private static Duration minutes(String text) {
      return Duration.ofMillis(Math.round(Double.parseDouble(text) * 60_000));
    }

    int runsOr(int own) {
      return runs > 0 ? runs : own;
    }
  }

  private ProcessBench() {}

  public static void main(String[] args) throws Exception {
    AgentLogging.start(); // the SDK would say everything
    AgentLogging.level("error");
    var options = Options.of(args);
    for (var group : options.groups()) {
      switch (group) {
        case "first-poll" -> IdleAgent.firstPoll(options);
        case "idle" -> IdleAgent.idle(options);
        case "deployment" -> Deployments.measure(options);
        case "soak" -> Deployments.soak(options);
        default -> throw new IllegalArgumentException(group);
      }
    }
  }

  static void print(String name, double value) {
    System.out.println(
        "bench: " + name + "=" + (value == Math.rint(value) ? "%.0f" : "%.2f").formatted(value));
  }

  static double median(List<Double> values) {
    var sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}
