package io.kodedeploy.simulator.world;

import io.kodedeploy.simulator.http.LoopbackAddress;

/**
 * The addresses 127.0.x.1 to 127.0.x.250 of one cluster, x being its number on this machine:
 * another simulator's clusters have other numbers. Guarded by its user.
 */
final class AddressBlock implements AutoCloseable {
  private static final int MOST_CLUSTERS = 199;
  private static final int MOST_NODES = 250;

  private final LoopbackAddress sign;
  private final int number;
  private int nodes;

  private AddressBlock(LoopbackAddress sign, int number) {
    this.sign = sign;
    this.number = number;
  }

  /**
   * Takes the first free block.
   *
   * @throws LoopbackAddress.Unavailable if this machine has no such addresses
   */
  static AddressBlock reserve() {
    for (int number = 1; number <= MOST_CLUSTERS; number++) {
      var sign = LoopbackAddress.reserve("127.0." + number + ".254");
      if (sign.isPresent()) {
        return new AddressBlock(sign.get(), number);
      }
    }
    throw new IllegalStateException(
        "all " + MOST_CLUSTERS + " blocks of addresses (127.0.x.0/24) are in use on this machine");
  }

  /** An address that no node of the cluster had before. */
  String next() {
    if (nodes == MOST_NODES) {
      throw new IllegalStateException("a cluster has at most " + MOST_NODES + " nodes over time");
    }
    nodes++;
    return "127.0." + number + "." + nodes;
  }

  @Override
  public void close() {
    sign.close();
  }
}
