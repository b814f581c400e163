package io.kodedeploy.simulator.elb;

import io.kodedeploy.simulator.http.LoopbackAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A load balancer. Guarded by the monitor of {@link ElbRegion}, but for its counters. */
final class LoadBalancer {
  static final String IDLE_TIMEOUT = "idle_timeout.timeout_seconds";

  final String arn;
  final String name;
  final String scheme;
  final List<String> subnets;
  final List<String> securityGroups;
  final Instant created;
  final LoopbackAddress address;
  final TrafficCounters counters = new TrafficCounters();
  final Map<String, Listener> listeners = new LinkedHashMap<>();
  final Map<String, String> attributes = new TreeMap<>();
  private volatile Duration idleTimeout = Duration.ofSeconds(60);

  LoadBalancer(
      String arn,
      String name,
      String scheme,
      List<String> subnets,
      List<String> securityGroups,
      Instant created,
      LoopbackAddress address) {
    this.arn = arn;
    this.name = name;
    this.scheme = scheme;
    this.subnets = List.copyOf(subnets);
    this.securityGroups = List.copyOf(securityGroups);
    this.created = created;
    this.address = address;
    attributes.put(IDLE_TIMEOUT, "60");
    attributes.put("deletion_protection.enabled", "false");
    attributes.put("routing.http2.enabled", "true");
    attributes.put("access_logs.s3.enabled", "false");
  }

  /** How long a target may take to answer; read by the data path without the monitor. */
  Duration idleTimeout() {
    return idleTimeout;
  }

  void idleTimeout(Duration changed) {
    idleTimeout = changed;
  }

  void close() {
    listeners.values().forEach(Listener::close);
    address.close();
  }
}
