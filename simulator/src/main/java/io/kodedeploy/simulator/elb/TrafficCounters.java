package io.kodedeploy.simulator.elb;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What passed a load balancer, counted where it passes. Thread-safe. */
final class TrafficCounters {
  private final LongAdder requests = new LongAdder();
  private final LongAdder clientAborts = new LongAdder();
  private final Map<FailureCause, LongAdder> failures = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> targetGroups = new ConcurrentHashMap<>();

  void request() {
    requests.increment();
  }

  /** The client went away: nobody's failure but its own, so it is kept apart. */
  void clientAbort() {
    clientAborts.increment();
  }

  void failure(FailureCause cause) {
    failures.computeIfAbsent(cause, _ -> new LongAdder()).increment();
  }

  void sentTo(String targetGroup) {
    targetGroups.computeIfAbsent(targetGroup, _ -> new LongAdder()).increment();
  }

  long requests() {
    return requests.sum();
  }

  long clientAborts() {
    return clientAborts.sum();
  }

  Map<String, Long> failures() {
    var sums = new TreeMap<String, Long>();
    failures.forEach((cause, count) -> sums.put(cause.id(), count.sum()));
    return sums;
  }

  Map<String, Long> targetGroups() {
    var sums = new TreeMap<String, Long>();
    targetGroups.forEach((name, count) -> sums.put(name, count.sum()));
    return sums;
  }
}
