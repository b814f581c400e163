package io.kodedeploy.core.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class FileWorkersTest {
  @Test
  void endsAllWorkBeforeItIsDrained() throws Exception {
    var done = new AtomicInteger();
    try (var workers = FileWorkers.of(2)) {
      for (var n = 0; n < 1000; n++) {
        workers.submit(done::incrementAndGet);
      }
      workers.drain();

      assertThat(done).hasValue(1000);
    }
  }

  @Test
  void throwsTheFirstFailureAndBeginsNothingMore() throws Exception {
    var late = new AtomicBoolean();
    try (var workers = FileWorkers.of(2)) {
      workers.submit(
          () -> {
            throw new IOException("broken");
          });

      assertThatThrownBy(workers::drain).hasMessage("broken");
      assertThatThrownBy(() -> workers.submit(() -> late.set(true))).hasMessage("broken");
      assertThatThrownBy(workers::awaitRoom).hasMessage("broken");
    }
    assertThat(late).isFalse();
  }

  @Test
  void throwsWhatIsNoInputOrOutputToo() throws Exception {
    try (var workers = FileWorkers.of(2)) {
      workers.submit(
          () -> {
            throw new IllegalStateException("broken");
          });

      assertThatThrownBy(workers::drain).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void interruptsWhatRunsWhenClosedAndLeavesNoThread() throws Exception {
    var begun = new CountDownLatch(1);
    var interrupted = new AtomicBoolean();
    try (var workers = FileWorkers.of(2)) {
      workers.submit(
          () -> {
            begun.countDown();
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException e) {
              interrupted.set(true);
            }
          });
      begun.await();
    }

    assertThat(interrupted).isTrue();
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().startsWith("files-"));
  }

  @Test
  void worksInTheCallersThreadWhenThereAreNone() throws Exception {
    try (var workers = FileWorkers.none()) {
      var thread = new Thread[1];
      workers.submit(() -> thread[0] = Thread.currentThread());

      assertThat(thread[0]).isEqualTo(Thread.currentThread());
      assertThat(workers.parallel()).isFalse();
    }
  }
}
