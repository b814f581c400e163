package io.kodedeploy.core.record;

import io.kodedeploy.core.identity.HostIdentity;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes the record of a host on a thread of its own: when it has changed, at most once a
 * second, and every five minutes in any case. What fails is logged, counted and tried again after
 * half a minute.
 */
public final class RecordPublisher implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RecordPublisher.class);
  private static final Duration EVERY = Duration.ofMinutes(5);
  private static final Duration RETRY = Duration.ofSeconds(30);
  private static final Duration LEAST = Duration.ofSeconds(1);

  private final RecordStore store;
  private final Supplier<HostRecord> source;
  private final Runnable failed;
  private final Semaphore changed = new Semaphore(1);
  private final Thread thread;
  private @Nullable HostRecord published; // used by the thread alone

  private RecordPublisher(RecordStore store, Supplier<HostRecord> source, Runnable failed) {
    this.store = store;
    this.source = source;
    this.failed = failed;
    this.thread = Thread.ofVirtual().name("host-record").unstarted(this::run);
  }

  /**
   * Starts to publish.
   *
   * @param endpoint {@code s3_endpoint_override}
   * @param source asked for the record whenever one may be written
   * @param failed called for every record that could not be written
   */
  public static RecordPublisher start(
      HostIdentity identity,
      Optional<URI> endpoint,
      String bucket,
      Supplier<HostRecord> source,
      Runnable failed) {
    var publisher =
        new RecordPublisher(new RecordStore(identity, endpoint, bucket), source, failed);
    publisher.thread.start();
    return publisher;
  }

  /** The record may have changed. Returns at once; any thread. */
  public void changed() {
    changed.release();
  }

  private void run() {
    var wait = EVERY;
    boolean due = true;
    try {
      while (!Thread.currentThread().isInterrupted()) {
        due |= !changed.tryAcquire(wait.toMillis(), TimeUnit.MILLISECONDS);
        changed.drainPermits();
        boolean written = write(due);
        due = !written;
        wait = written ? EVERY : RETRY;
        Thread.sleep(LEAST); // a burst of changes is one record
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean write(boolean due) {
    try {
      var record = source.get();
      if (due || published == null || !record.same(published)) {
        store.put(record);
        published = record;
      }
      return true;
    } catch (RuntimeException e) {
      failed.run();
      log.atWarn().addKeyValue("reason", e.toString()).log("host record could not be written");
      return false;
    }
  }

  /** Ends; the last change may not be published any more. */
  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    store.close();
  }
}
