package io.kodedeploy.namespace.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.namespace.cluster.KubernetesApi;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a Job's command prints, line by line while it runs. A broken connection is taken up where it
 * broke, by the time that Kubernetes puts before each line. Reads on a thread of its own.
 */
final class JobLog {
  private static final Logger log = LoggerFactory.getLogger(JobLog.class);
  private static final int LONGEST_LINE = 64 << 10;
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofSeconds(10);

  private final KubernetesApi api;
  private final String pod;
  private final Consumer<String> output;
  private final Thread thread;
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile Optional<InputStream> stream = Optional.empty();
  private String last = "";
  private int sameTime;

  private JobLog(KubernetesApi api, String pod, Consumer<String> output) {
    this.api = api;
    this.pod = pod;
    this.output = output;
    this.thread = Thread.ofVirtual().name("job-log").unstarted(this::read);
  }

  /**
   * Begins to read.
   *
   * @param pod path of the pod
   * @param output gets each line, without its end
   */
  static JobLog follow(KubernetesApi api, String pod, Consumer<String> output) {
    var reader = new JobLog(api, pod, output);
    reader.thread.start();
    return reader;
  }

  /** Waits until all is read, for the container has ended; what is late is left. */
  void end(Duration limit) throws InterruptedException {
    over.countDown();
    thread.join(limit);
    close();
  }

  /** Stops reading. */
  void close() {
    thread.interrupt();
    stream.ifPresent(JobLog::closeQuietly);
  }

  private static void closeQuietly(InputStream stream) {
    try {
      stream.close();
    } catch (IOException e) {
      log.atDebug().setCause(e).log("log stream cannot be closed");
    }
  }

  /** Reads again whatever ended a reading, until one that began after the container's end. */
  private void read() {
    try {
      for (var wait = FIRST; ; wait = wait.compareTo(LONGEST) < 0 ? wait.plus(FIRST) : LONGEST) {
        boolean last = over.getCount() == 0;
        boolean broken = readOnce();
        if (last && !broken) {
          return;
        }
        if (last) {
          Thread.sleep(FIRST);
        } else if (over.await(wait.toMillis(), TimeUnit.MILLISECONDS)) {
          wait = FIRST;
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether the connection broke; a log that is not there has come to its end. */
  private boolean readOnce() throws InterruptedException {
    var query =
        new TreeMap<>(
            Map.of("container", JobManifest.CONTAINER, "follow", "true", "timestamps", "true"));
    if (!last.isEmpty()) {
      query.put("sinceTime", last);
    }
    var skip = new Skip(last, sameTime);
    try {
      stream = api.follow(pod, query);
      if (stream.isPresent()) {
        try (var in = new BufferedInputStream(stream.get())) {
          lines(in, skip);
        }
      }
      return false;
    } catch (IOException | AgentException e) {
      log.atDebug().setCause(e).log("log of a job broke off, it is taken up again");
      return true;
    }
  }

  private void lines(InputStream in, Skip skip) throws IOException {
    var line = new ByteArrayOutputStream();
    boolean continued = false;
    for (int next = in.read(); next >= 0; next = in.read()) {
      if (next == '\n') {
        line(line.toString(UTF_8), continued, skip);
        line.reset();
        continued = false;
      } else if (line.size() < LONGEST_LINE) {
        line.write(next);
      } else {
        line(line.toString(UTF_8), continued, skip);
        line.reset();
        line.write(next);
        continued = true;
      }
    }
    if (line.size() > 0) {
      line(line.toString(UTF_8), continued, skip);
    }
  }

  /** {@code TIME TEXT}; the rest of a long line has no time. */
  private void line(String text, boolean continued, Skip skip) {
    if (continued) {
      output.accept(text);
      return;
    }
    int end = text.indexOf(' ');
    var time = end < 0 ? text : text.substring(0, end);
    if (skip.skips(time)) {
      return;
    }
    sameTime = time.equals(last) ? sameTime + 1 : 1;
    last = time;
    output.accept(end < 0 ? "" : text.substring(end + 1));
  }

  /** Lines that were read before the connection broke; {@code sinceTime} counts whole seconds. */
  private static final class Skip {
    private final String until;
    private int left;

    Skip(String until, int left) {
      this.until = until;
      this.left = left;
    }

    boolean skips(String time) {
      if (until.isEmpty() || time.compareTo(until) > 0) {
        return false;
      }
      return !time.equals(until) || left-- > 0;
    }
  }
}
