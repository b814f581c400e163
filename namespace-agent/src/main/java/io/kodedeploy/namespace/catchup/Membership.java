package io.kodedeploy.namespace.catchup;

import io.kodedeploy.core.error.ErrorCode;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Whether this host takes part in deployments, and by which tags groups select it.
 *
 * @param tags those it would have if it took part
 * @param away why it does not, empty when it does
 * @param remedy how it is taken back
 */
record Membership(HostTags tags, String away, String remedy) {
  /** What kode init gives a host that joins later, and what an uninstall leaves. */
  private static final Set<String> NOT_JOINED = Set.of(HostTags.CLUSTER, HostTags.NAMESPACE);

  static Membership member(HostTags tags) {
    return new Membership(tags, "", "");
  }

  /**
   * What CodeDeploy's tags of the instance say.
   *
   * @param configured what the settings say, for the words of the remedy
   */
  static Membership of(Map<String, String> tags, HostTags configured) {
    String environment = tags.get(HostTags.PAUSED);
    if (environment == null && NOT_JOINED.containsAll(tags.keySet())) {
      return new Membership(
          configured,
          "no deployment group selects this host yet: its instance has no tag "
              + HostTags.ENVIRONMENT,
          "The chart's membership Job gives it the tag (membership.enabled), or kode init --tags"
              + " now.");
    }
    if (environment == null || tags.containsKey(HostTags.ENVIRONMENT)) {
      return member(new HostTags(tags));
    }
    var resumed = new HashMap<>(tags);
    resumed.remove(HostTags.PAUSED);
    resumed.put(HostTags.ENVIRONMENT, environment);
    return new Membership(
        new HostTags(resumed),
        "the cluster is paused: its instance carries the tag " + HostTags.PAUSED,
        "Take it back with kode cluster resume --environment "
            + environment
            + " --cluster "
            + configured.asMap().getOrDefault(HostTags.CLUSTER, "NAME")
            + ".");
  }

  static Membership deregistered(HostTags configured, String instance) {
    return new Membership(
        configured,
        "CodeDeploy has deregistered the instance " + instance,
        "Register it again with kode init, or uninstall the chart here.");
  }

  static Membership paused(HostTags tags, String reason) {
    return new Membership(tags, reason, ErrorCode.PAUSED.remedy());
  }

  boolean takesPart() {
    return away.isEmpty();
  }
}
