package io.kodedeploy.namespace.catchup;

import java.util.Map;

/**
 * The tags by which groups select this host.
 *
 * @param asMap values by key
 */
public record HostTags(Map<String, String> asMap) {
  static final String ENVIRONMENT = "kodedeployenv";
  static final String CLUSTER = "kodedeploycluster";
  static final String NAMESPACE = "kodedeployns";

  /** In place of the environment's while {@code kode cluster pause} holds. */
  static final String PAUSED = "kodedeploypaused";

  /** Copies the map. */
  public HostTags {
    asMap = Map.copyOf(asMap);
  }

  /** The tags that {@code kode init} gives. */
  public static HostTags of(String environment, String cluster, String namespace) {
    return new HostTags(Map.of(ENVIRONMENT, environment, CLUSTER, cluster, NAMESPACE, namespace));
  }
}
