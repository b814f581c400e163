package io.kodedeploy.namespace.catchup;

import java.util.Map;

/**
 * The tags by which groups select this host.
 *
 * @param environment value of {@code kodedeployenv}
 * @param cluster value of {@code kodedeploycluster}
 * @param namespace value of {@code kodedeployns}
 */
public record HostTags(String environment, String cluster, String namespace) {
  static final String CLUSTER = "kodedeploycluster";

  Map<String, String> asMap() {
    return Map.of("kodedeployenv", environment, CLUSTER, cluster, "kodedeployns", namespace);
  }
}
