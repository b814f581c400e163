package io.kodedeploy.simulator.autoscaling;

import java.util.List;

/** Starts and ends the machines of groups; package {@code world} does it for its clusters. */
public interface Fleet {

  /** Whether this fleet has machines for the group. */
  boolean serves(String group);

  /** Starts machines, each of which joins the group before this returns. */
  void grow(String group, int count);

  /** Ends machines, each of which leaves the group before this returns. */
  void shrink(String group, List<String> instanceIds);
}
