package io.kodedeploy.core.hook;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Reads one output of a script to its end on a thread of its own and logs it line by line, bytes
 * unchanged. A line beyond 64 KiB is logged in parts.
 */
final class OutputReader {
  private static final int LONGEST_ENTRY = 64 << 10;

  private final ScriptLog.Stream stream;
  private final Path pipe;
  private final ScriptLog log;
  private final Thread thread;
  private final CompletableFuture<@Nullable Void> opened = new CompletableFuture<>();
  private final StringBuilder firstLine = new StringBuilder();
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private boolean detached;
  private @Nullable IOException failure;

  /** Opens the pipe on its thread, as that waits for the writer. */
  static OutputReader start(ScriptLog.Stream stream, Path pipe, ScriptLog log) {
    var reader = new OutputReader(stream, pipe, log);
    reader.thread.start();
    return reader;
  }

  private OutputReader(ScriptLog.Stream stream, Path pipe, ScriptLog log) {
    this.stream = stream;
    this.pipe = pipe;
    this.log = log;
    this.thread =
        Thread.ofPlatform()
            .daemon()
            .name("script-" + stream, 0)
            .stackSize(128 << 10)
            .unstarted(this::read);
  }

  /** Waits until the pipe is open for reading, or will never be. */
  void awaitOpen() {
    opened.join();
  }

  /** Whether the output has ended within that time. */
  boolean awaitEnd(Duration atMost) throws InterruptedException {
    return thread.join(atMost.isPositive() ? atMost : Duration.ofNanos(1));
  }

  /** Whether it has ended, so that nobody writes any more. */
  boolean ended() {
    return !thread.isAlive();
  }

  /**
   * Logs nothing from now on, but goes on reading: whoever still holds the output would be killed
   * by its next write if nobody read.
   */
  synchronized void detach() {
    endLine();
    detached = true;
  }

  /** The first line, without its newline. */
  synchronized String firstLine() {
    return firstLine.toString();
  }

  /** Why reading stopped early, if it did. */
  synchronized Optional<IOException> failure() {
    return Optional.ofNullable(failure);
  }

  private void read() {
    try (var input = new FileInputStream(pipe.toFile())) {
      opened.complete(null);
      var buffer = new byte[8 << 10];
      for (var count = input.read(buffer); count >= 0; count = input.read(buffer)) {
        take(buffer, count);
      }
    } catch (IOException e) {
      failed(e);
    }
    opened.complete(null);
    end();
  }

  private synchronized void take(byte[] buffer, int count) {
    if (detached) {
      return;
    }
    var from = 0;
    for (var at = 0; at < count; at++) {
      if (buffer[at] == '\n' || line.size() + at - from + 1 >= LONGEST_ENTRY) {
        line.write(buffer, from, at - from + 1);
        from = at + 1;
        endLine();
      }
    }
    line.write(buffer, from, count - from);
  }

  private synchronized void end() {
    endLine();
  }

  private synchronized void failed(IOException e) {
    failure = e;
  }

  private void endLine() {
    if (!detached && line.size() > 0) {
      var bytes = line.toByteArray();
      if (firstLine.isEmpty()) {
        firstLine.append(new String(bytes, UTF_8).strip());
      }
      line.reset();
      log.output(stream, bytes);
    }
  }
}
