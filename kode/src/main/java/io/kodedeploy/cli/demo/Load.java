package io.kodedeploy.cli.demo;

import io.kodedeploy.cli.console.Ticker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Users: half of them keep their connection, half open one for each request, none ever repeats a
 * request. Each sends at its own fixed times, whatever the answers take, and catches up when late.
 * Thread-safe.
 */
final class Load implements AutoCloseable {
  private static final int USERS = 32;
  private static final int REMEMBERED = 10;

  private final InetSocketAddress address;
  private final Duration interval;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Instant began = Instant.now();

  // Guarded by this.
  private final Map<String, Long> answers = new TreeMap<>();
  private final Map<String, Long> sinceMark = new TreeMap<>();
  private final List<String> failures = new ArrayList<>();
  private long kept;
  private long fresh;
  private long failed;
  private volatile boolean stopped;

  private Load(URI url, double perSecond) {
    address = new InetSocketAddress(url.getHost(), url.getPort());
    interval = Duration.ofNanos((long) (1e9 * USERS / perSecond));
  }

  static Load start(URI url, double perSecond) {
    var load = new Load(url, perSecond);
    for (int i = 0; i < USERS; i++) {
      int user = i;
      load.threads.execute(() -> load.work(user));
    }
    return load;
  }

  private void work(int user) {
    boolean keepAlive = user % 2 == 0;
    var next = began.plus(interval.multipliedBy(user).dividedBy(USERS));
    PlainHttp connection = null;
    try {
      while (!stopped) {
        var wait = Duration.between(Instant.now(), next);
        if (wait.isPositive()) {
          Ticker.SYSTEM.pause(wait);
        }
        next = next.plus(interval);
        connection = request(connection, keepAlive);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      close(connection);
    }
  }

  /** One request; gives the connection for the next one, or null when that needs a new one. */
  private @Nullable PlainHttp request(@Nullable PlainHttp kept, boolean keepAlive) {
    PlainHttp connection = kept;
    boolean again = false;
    try {
      if (connection == null) {
        connection = new PlainHttp(address, keepAlive);
      }
      var answer = connection.get();
      again = keepAlive && connection.open();
      count(keepAlive, answer);
      return again ? connection : null;
    } catch (IOException e) {
      fail(keepAlive, e.toString());
      return null;
    } finally {
      if (!again) {
        close(connection);
      }
    }
  }

  private static void close(@Nullable PlainHttp connection) {
    if (connection != null) {
      try {
        connection.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private synchronized void count(boolean keepAlive, PlainHttp.Answer answer) {
    if (answer.status() != 200) {
      fail(keepAlive, "HTTP " + answer.status());
      return;
    }
    add(keepAlive);
    var cluster = answer.headers().getOrDefault("x-cluster", "unknown");
    answers.merge(cluster, 1L, Long::sum);
    sinceMark.merge(cluster, 1L, Long::sum);
  }

  private synchronized void fail(boolean keepAlive, String why) {
    add(keepAlive);
    failed++;
    if (failures.size() < REMEMBERED) {
      failures.add(
          Instant.now() + " " + (keepAlive ? "kept connection" : "fresh connection") + ": " + why);
    }
  }

  private void add(boolean keepAlive) {
    if (keepAlive) {
      kept++;
    } else {
      fresh++;
    }
  }

  /**
   * What was counted so far.
   *
   * @param seconds since the first request
   * @param kept requests on kept connections
   * @param fresh requests on connections of their own
   * @param failed requests without a good answer
   * @param answers good answers by cluster
   * @param failures the first failures in words
   */
  record Tally(
      double seconds,
      long kept,
      long fresh,
      long failed,
      Map<String, Long> answers,
      List<String> failures) {
    long requests() {
      return kept + fresh;
    }

    double perSecond() {
      return requests() / seconds;
    }
  }

  synchronized Tally tally() {
    return new Tally(
        Duration.between(began, Instant.now()).toMillis() / 1000.0,
        kept,
        fresh,
        failed,
        new TreeMap<>(answers),
        List.copyOf(failures));
  }

  /** From here on {@link #sinceMark} counts. */
  synchronized void mark() {
    sinceMark.clear();
  }

  /** Good answers by cluster since the mark. */
  synchronized Map<String, Long> sinceMark() {
    return new TreeMap<>(sinceMark);
  }

  /** Lets every request in flight end, then stops. */
  Tally stop() {
    stopped = true;
    threads.close();
    return tally();
  }

  @Override
  public void close() {
    stopped = true;
    threads.shutdownNow();
    threads.close();
  }
}
