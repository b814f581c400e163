package io.kodedeploy.simulator.kubernetes;

import java.time.Duration;
import java.util.Map;

/**
 * A pod that can answer requests. It takes them until {@link #end}, and finishes those it has
 * taken. Thread-safe: one lock around both counters.
 */
final class RunningPod {
  private final String uid;
  private final String namespace;
  private final String name;
  private final String node;
  private final Map<String, String> labels;
  private final String version;
  private final Duration responseDelay;
  private int inFlight;
  private Runnable whenIdle = () -> {};
  private boolean ending;

  RunningPod(
      String uid,
      String namespace,
      String name,
      String node,
      Map<String, String> labels,
      String version,
      Duration responseDelay) {
    this.uid = uid;
    this.namespace = namespace;
    this.name = name;
    this.node = node;
    this.labels = Map.copyOf(labels);
    this.version = version;
    this.responseDelay = responseDelay;
  }

  String uid() {
    return uid;
  }

  String namespace() {
    return namespace;
  }

  String name() {
    return name;
  }

  String node() {
    return node;
  }

  Map<String, String> labels() {
    return labels;
  }

  String version() {
    return version;
  }

  Duration responseDelay() {
    return responseDelay;
  }

  /** Takes a request; false when the pod is ending. */
  synchronized boolean enter() {
    if (ending) {
      return false;
    }
    inFlight++;
    return true;
  }

  /** A request taken by {@link #enter} is answered. */
  void leave() {
    Runnable idle = () -> {};
    synchronized (this) {
      inFlight--;
      if (ending && inFlight == 0) {
        idle = whenIdle;
      }
    }
    idle.run();
  }

  /** True when no request is being answered. */
  synchronized boolean idle() {
    return inFlight == 0;
  }

  /** Takes no more requests; calls back when the last one is answered, perhaps at once. */
  void end(Runnable idle) {
    synchronized (this) {
      if (ending) {
        return;
      }
      ending = true;
      if (inFlight > 0) {
        whenIdle = idle;
        return;
      }
    }
    idle.run();
  }
}
