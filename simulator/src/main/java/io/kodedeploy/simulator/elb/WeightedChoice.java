package io.kodedeploy.simulator.elb;

import java.util.List;
import java.util.Optional;

/**
 * Smooth weighted round robin: of any run of choices as long as the sum of weights, each entry gets
 * exactly its weight, spread evenly. No randomness, so a test can count. Thread-safe.
 */
final class WeightedChoice<T> {

  record Entry<T>(T value, int weight) {}

  private final List<Entry<T>> entries;
  private final long[] credit;
  private final int sum;

  WeightedChoice(List<Entry<T>> entries) {
    this.entries = List.copyOf(entries);
    this.credit = new long[entries.size()];
    this.sum = entries.stream().mapToInt(Entry::weight).sum();
  }

  /** The next one; empty when all weights are zero. */
  synchronized Optional<T> next() {
    if (sum == 0) {
      return Optional.empty();
    }
    int best = -1;
    for (int i = 0; i < credit.length; i++) {
      credit[i] += entries.get(i).weight();
      if (entries.get(i).weight() > 0 && (best < 0 || credit[i] > credit[best])) {
        best = i;
      }
    }
    credit[best] -= sum;
    return Optional.of(entries.get(best).value());
  }
}
