package io.kodedeploy.cli.release;

import java.util.List;
import java.util.Map;

/**
 * What a release works on.
 *
 * @param own the cluster to release
 * @param peers the application's other clusters
 * @param rule where the traffic is shared out
 */
record Topology(ReleaseGroup own, List<ReleaseGroup> peers, TrafficRule rule) {
  Topology {
    peers = List.copyOf(peers);
  }

  /** The other clusters that the weights send traffic to. */
  List<ReleaseGroup> serving(Map<String, Integer> weights) {
    return peers.stream().filter(peer -> weights.getOrDefault(peer.arn(), 0) > 0).toList();
  }

  /** Weights with the names people know, such as {@code blue 90, green 10}. */
  String words(Map<String, Integer> weights) {
    return String.join(
        ", ",
        weights.entrySet().stream()
            .map(entry -> nameOf(entry.getKey()) + " " + entry.getValue())
            .toList());
  }

  private String nameOf(String arn) {
    if (own.arn().equals(arn)) {
      return own.targetGroup();
    }
    return peers.stream()
        .filter(peer -> peer.arn().equals(arn))
        .map(ReleaseGroup::targetGroup)
        .findFirst()
        .orElse(arn);
  }
}
