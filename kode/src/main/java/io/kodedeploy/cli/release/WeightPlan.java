package io.kodedeploy.cli.release;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which weights a step of a release sets. Values only. */
final class WeightPlan {
  private WeightPlan() {}

  /** The share of one target group in percent, rounded down. */
  static int share(Map<String, Integer> weights, String arn) {
    int total = weights.values().stream().mapToInt(Integer::intValue).sum();
    return total == 0 ? 0 : weights.getOrDefault(arn, 0) * 100 / total;
  }

  /** The steps that are still ahead; only the last when nobody else serves. */
  static List<Integer> ahead(List<Integer> steps, Map<String, Integer> weights, String own) {
    int share = share(weights, own);
    if (share == 100) {
      return List.of();
    }
    boolean alone =
        weights.entrySet().stream()
            .allMatch(entry -> entry.getKey().equals(own) || entry.getValue() == 0);
    return alone ? List.of(100) : steps.stream().filter(step -> step > share).toList();
  }

  /**
   * Gives one target group a share of the traffic; the others keep their proportions in the rest.
   *
   * @param before the weights when the release began
   * @param percent 1 to 100
   */
  static Map<String, Integer> at(Map<String, Integer> before, String own, int percent) {
    int others =
        before.entrySet().stream()
            .filter(entry -> !entry.getKey().equals(own))
            .mapToInt(Map.Entry::getValue)
            .sum();
    int left = 100 - percent;
    int seen = 0;
    int given = 0;
    var weights = new LinkedHashMap<String, Integer>();
    for (var entry : before.entrySet()) {
      if (entry.getKey().equals(own)) {
        weights.put(own, percent);
      } else if (others == 0) {
        weights.put(entry.getKey(), 0);
      } else {
        // Rounding the running total keeps the sum at 100 exactly.
        seen += entry.getValue();
        int upTo = Math.round((float) left * seen / others);
        weights.put(entry.getKey(), upTo - given);
        given = upTo;
      }
    }
    weights.putIfAbsent(own, percent);
    return weights;
  }
}
