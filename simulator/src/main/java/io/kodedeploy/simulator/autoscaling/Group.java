package io.kodedeploy.simulator.autoscaling;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** One Auto Scaling group. Guarded by the monitor of {@link AutoScalingGroups}. */
final class Group {

  enum Lifecycle {
    IN_SERVICE("InService"),
    ENTERING_STANDBY("EnteringStandby"),
    STANDBY("Standby");

    private final String wire;

    Lifecycle(String wire) {
      this.wire = wire;
    }

    String wire() {
      return wire;
    }

    /** Whether the instance counts towards the desired capacity. */
    boolean isActive() {
      return this == IN_SERVICE;
    }
  }

  record Member(String instanceId, String zone, Lifecycle lifecycle) {}

  /** Key, value and whether new instances get it. */
  record Tag(String key, String value, boolean propagated) {}

  record Hook(
      String name,
      String transition,
      Duration heartbeat,
      String defaultResult,
      String metadata,
      String target,
      String role) {
    /** The smaller of 48 hours and 100 heartbeats. */
    Duration global() {
      var hundred = heartbeat.multipliedBy(100);
      var most = Duration.ofDays(2);
      return hundred.compareTo(most) < 0 ? hundred : most;
    }
  }

  final String name;
  final String region;
  final Instant created;
  int minimum;
  int maximum;
  int desired;
  final Map<String, Member> members = new LinkedHashMap<>();
  final Map<String, Tag> tags = new TreeMap<>();
  final Set<String> targetGroups = new LinkedHashSet<>();
  final Set<String> suspended = new TreeSet<>();
  final Map<String, Hook> hooks = new TreeMap<>();

  Group(String name, String region, Instant created, int minimum, int maximum, int desired) {
    this.name = name;
    this.region = region;
    this.created = created;
    this.minimum = minimum;
    this.maximum = maximum;
    this.desired = desired;
  }

  int active() {
    return (int) members.values().stream().filter(m -> m.lifecycle().isActive()).count();
  }

  /** The members that a smaller capacity ends: the youngest active ones. */
  List<String> youngest(int count) {
    var active =
        new ArrayList<>(
            members.values().stream()
                .filter(m -> m.lifecycle().isActive())
                .map(Member::instanceId)
                .toList());
    return List.copyOf(active.subList(Math.max(0, active.size() - count), active.size()));
  }
}
