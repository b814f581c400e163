package io.kodedeploy.simulator.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.kodedeploy.simulator.time.SimulatorClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * One node port of one node: a real HTTP listener whose requests are answered by the ready pods in
 * turn, and with 503 while there is none.
 */
final class NodePortListener implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NodePortListener.class);
  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final HeaderName CLUSTER = HeaderNames.create("X-Cluster");
  private static final HeaderName VERSION = HeaderNames.create("X-Version");

  private final String cluster;
  private final String address;
  private final int port;
  private final SimulatorClock clock;
  private final AtomicInteger turn = new AtomicInteger();
  private final Map<String, byte[]> answers = new ConcurrentHashMap<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile List<RunningPod> pods = List.of();
  private volatile boolean closing;
  private @Nullable WebServer server;

  private NodePortListener(String cluster, String address, int port, SimulatorClock clock) {
    this.cluster = cluster;
    this.address = address;
    this.port = port;
    this.clock = clock;
  }

  /** Starts to listen, on a thread of its own; tries again while the port is taken. */
  static NodePortListener open(String cluster, String address, int port, SimulatorClock clock) {
    var listener = new NodePortListener(cluster, address, port, clock);
    listener.startInBackground();
    return listener;
  }

  /** The pods that answer from now on. */
  void serve(List<RunningPod> ready) {
    var names = ready.stream().map(RunningPod::uid).toList();
    answers.keySet().retainAll(names);
    pods = List.copyOf(ready);
  }

  private void startInBackground() {
    Thread.ofVirtual().name("node-port-" + address + ":" + port).start(this::start);
  }

  private synchronized void start() {
    if (closing) {
      return;
    }
    try {
      server =
          WebServer.builder()
              .host(address)
              .port(port)
              .useNio(false)
              .connectionOptions(options -> options.tcpNoDelay(true))
              .idleConnectionTimeout(Duration.ofMinutes(10))
              .shutdownGracePeriod(Duration.ofMillis(500))
              .shutdownHook(false)
              .routing(routing -> routing.any(this::answer))
              .build()
              .start();
    } catch (RuntimeException e) {
      log.atWarn()
          .setCause(e)
          .addKeyValue("address", address)
          .addKeyValue("port", port)
          .log("node port cannot be opened yet");
      clock.schedule(RETRY, this::startInBackground);
    }
  }

  private void answer(ServerRequest request, ServerResponse response) throws InterruptedException {
    var pod = next();
    if (pod == null) {
      response.status(Status.SERVICE_UNAVAILABLE_503);
      response.header(HeaderNames.CONTENT_TYPE, "application/json");
      response.header(CLUSTER, cluster);
      response.send("{\"error\":\"no ready pod\"}\n".getBytes(UTF_8));
      return;
    }
    try {
      if (pod.responseDelay().isPositive()) {
        Thread.sleep(clock.real(pod.responseDelay()));
      }
      response.header(HeaderNames.CONTENT_TYPE, "application/json");
      response.header(CLUSTER, cluster);
      response.header(VERSION, pod.version());
      response.send(answers.computeIfAbsent(pod.uid(), _ -> body(pod)));
    } finally {
      pod.leave();
    }
  }

  /** The next pod in turn that takes the request; null when none does. */
  private @Nullable RunningPod next() {
    var candidates = pods;
    var first = turn.getAndIncrement();
    for (int i = 0; i < candidates.size(); i++) {
      var pod = candidates.get(Math.floorMod(first + i, candidates.size()));
      if (pod.enter()) {
        return pod;
      }
    }
    return null;
  }

  private byte[] body(RunningPod pod) {
    var json = JsonNodeFactory.instance.objectNode();
    json.put("cluster", cluster).put("node", pod.node());
    json.put("pod", pod.name()).put("version", pod.version());
    return (json + "\n").getBytes(UTF_8);
  }

  /** Starts to close; requests that a pod has taken are answered first. */
  void closeInBackground() {
    closing = true;
    Thread.ofVirtual().name("node-port-close").start(this::stop);
  }

  private synchronized void stop() {
    if (server != null) {
      server.stop();
      server = null;
    }
    closed.countDown();
  }

  /** Waits until the port is free again. */
  @Override
  public void close() {
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
