package io.kodedeploy.simulator.elb;

import io.kodedeploy.simulator.http.Framing;
import io.kodedeploy.simulator.http.HttpConnection;
import io.kodedeploy.simulator.http.HttpFields;
import io.kodedeploy.simulator.http.RequestHead;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/**
 * Clients that ask as fast as they are answered and never ask twice: half keep their connection,
 * half open a new one for each request. Whatever is not a 200 is kept as a failure.
 */
final class LoadClients implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final InetSocketAddress server;
  private final AtomicBoolean stop = new AtomicBoolean();
  private final List<Thread> threads = new ArrayList<>();
  private final Map<String, LongAdder> answers = new ConcurrentHashMap<>();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();

  private LoadClients(InetSocketAddress server) {
    this.server = server;
  }

  static LoadClients start(InetSocketAddress server, int keeping, int fresh) {
    var clients = new LoadClients(server);
    for (int i = 0; i < keeping; i++) {
      clients.threads.add(Thread.ofVirtual().start(clients::keep));
    }
    for (int i = 0; i < fresh; i++) {
      clients.threads.add(Thread.ofVirtual().start(clients::fresh));
    }
    return clients;
  }

  Map<String, LongAdder> answers() {
    return answers;
  }

  long answered() {
    return answers.values().stream().mapToLong(LongAdder::sum).sum();
  }

  List<String> failures() {
    return List.copyOf(failures);
  }

  private void keep() {
    while (!stop.get()) {
      try (var connection = HttpConnection.connect(server, LIMIT)) {
        connection.readLimit(LIMIT);
        while (!stop.get()) {
          ask(connection);
        }
      } catch (IOException e) {
        failures.add("kept connection: " + e);
      }
    }
  }

  private void fresh() {
    while (!stop.get()) {
      try (var connection = HttpConnection.connect(server, LIMIT)) {
        connection.readLimit(LIMIT);
        ask(connection);
      } catch (IOException e) {
        failures.add("new connection: " + e);
      }
    }
  }

  private void ask(HttpConnection connection) throws IOException {
    var fields = new HttpFields().add("Host", "web.example");
    connection.send(new RequestHead("GET", "/", 1, fields), new Framing.None()).close();
    var head = connection.receive();
    try (var body = connection.body(Framing.of(head, "GET"))) {
      body.readAllBytes();
    }
    if (head.status() == 200) {
      answers
          .computeIfAbsent(head.fields().first("X-Backend").orElse("?"), _ -> new LongAdder())
          .increment();
    } else {
      failures.add("status " + head.status());
    }
  }

  /** Lets every request that runs end, then ends the clients; what they counted stays. */
  void stop() {
    stop.set(true);
    try {
      for (var thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    stop();
  }
}
