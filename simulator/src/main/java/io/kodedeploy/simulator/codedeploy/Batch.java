package io.kodedeploy.simulator.codedeploy;

/** The size of batches: 100, the lenient reading of AWS's two numbers (1.1). */
final class Batch {
  private static final int LIMIT = 100;

  private Batch() {}

  static void check(int size) {
    if (size > LIMIT) {
      throw Refusal.of("BatchLimitExceeded", "More than " + LIMIT + " items in one batch");
    }
  }
}
