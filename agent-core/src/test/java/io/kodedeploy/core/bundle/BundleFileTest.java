package io.kodedeploy.core.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A bundle that is read while it is still being fetched. */
@Timeout(60)
class BundleFileTest {
  @TempDir Path folder;

  @Test
  void aWholeFileIsReadByByteBlockAndSkip() throws IOException {
    try (var file = BundleFile.whole(written("0123456789"))) {
      var reader = file.reader();

      assertThat(reader.read()).isEqualTo('0');
      assertThat(reader.skip(3)).isEqualTo(3);
      assertThat(reader.position()).isEqualTo(4);
      assertThat(reader.available()).isEqualTo(6);
      assertThat(new String(reader.readNBytes(4), UTF_8)).isEqualTo("4567");
      assertThat(reader.skip(100)).isEqualTo(2);
      assertThat(reader.read()).isEqualTo(-1);
      assertThat(reader.available()).isZero();
    }
  }

  @Test
  void aByteAbove127IsNoEndOfTheFile() throws IOException {
    try (var file = BundleFile.whole(Files.write(folder.resolve("b"), new byte[] {(byte) 0xff}))) {
      assertThat(file.reader().read()).isEqualTo(255);
    }
  }

  @Test
  void aReaderWaitsForWhatIsNotThereYet() throws Exception {
    try (var file = BundleFile.growing(written("0123456789"))) {
      var reader = file.reader();
      var first = begun(() -> new String(reader.readNBytes(4), UTF_8));
      assertThat(first).isNotDone();

      file.grown(3);
      file.grown(6);

      assertThat(first.get(30, TimeUnit.SECONDS)).isEqualTo("0123");
      assertThat(reader.available()).isEqualTo(2);
      var rest = begun(() -> new String(reader.readAllBytes(), UTF_8));
      file.grown(10);
      file.complete();
      assertThat(rest.get(30, TimeUnit.SECONDS)).isEqualTo("456789");
    }
  }

  @Test
  void anAbandonedFileFailsItsReader() throws Exception {
    try (var file = BundleFile.growing(written("0123456789"))) {
      var read = begun(() -> file.reader().readAllBytes());

      file.abandon();

      assertThatThrownBy(() -> read.get(30, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasRootCauseMessage("the bundle was not fetched to its end");
    }
  }

  @Test
  void anInterruptedReaderSaysSoAndStaysInterrupted() throws IOException {
    try (var file = BundleFile.growing(written("0"))) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> file.reader().read()).isInstanceOf(InterruptedIOException.class);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void aClosedFileIsClosed() throws IOException {
    var file = BundleFile.whole(written("0"));
    file.close();

    assertThatThrownBy(() -> file.reader().read()).isInstanceOf(ClosedChannelException.class);
  }

  private Path written(String text) throws IOException {
    return Files.writeString(folder.resolve("bundle"), text);
  }

  /** The call of another thread, which waits by now. */
  private static <T> CompletableFuture<T> begun(Callable<T> call) throws InterruptedException {
    var result = new CompletableFuture<T>();
    var thread =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  try {
                    result.complete(call.call());
                  } catch (Exception e) {
                    result.completeExceptionally(e);
                  }
                });
    while (thread.getState() != Thread.State.WAITING && !result.isDone()) {
      Thread.onSpinWait();
    }
    return result;
  }
}
