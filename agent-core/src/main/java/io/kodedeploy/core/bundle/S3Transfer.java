package io.kodedeploy.core.bundle;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Streams one object into a file. What breaks off is resumed with {@code Range} and {@code
 * If-Match}, or begun anew when the object is another one by then (host-agent.md 13, row 29).
 */
final class S3Transfer {
  private static final Logger log = LoggerFactory.getLogger(S3Transfer.class);
  private static final int MOST_ATTEMPTS = 8;
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final int BUFFER = 128 << 10;

  /** Is asked before the first byte is written. */
  interface Beginning {
    void of(long size, String eTag) throws IOException;
  }

  private final S3Client client;
  private final GetObjectRequest request;
  private final Path file;
  private final Pause pause;
  private final Beginning beginning;
  private final Arrival arrival;
  private final byte[] buffer = new byte[BUFFER];
  private String eTag = "";
  private long size = -1;
  private long position;

  S3Transfer(
      S3Client client,
      GetObjectRequest request,
      Path file,
      Pause pause,
      Beginning beginning,
      Arrival arrival) {
    this.client = client;
    this.request = request;
    this.file = file;
    this.pause = pause;
    this.beginning = beginning;
    this.arrival = arrival;
  }

  /**
   * Fetches to the end.
   *
   * @return the ETag of the object
   */
  String run() throws IOException, InterruptedException {
    try (var output = FileChannel.open(file, CREATE, WRITE, TRUNCATE_EXISTING)) {
      for (var attempt = 1; ; attempt++) {
        var broken = attempt(output);
        if (broken.isEmpty()) {
          return eTag;
        }
        if (attempt == MOST_ATTEMPTS) {
          throw new IOException(
              "%s, %d times; the last time after %d of %d bytes"
                  .formatted(broken.get(), attempt, position, size));
        }
        log.atWarn()
            .addKeyValue("reason", broken.get())
            .addKeyValue("bytes", position)
            .addKeyValue("attempt", attempt)
            .log("download was interrupted and goes on");
        pause.of(pauseAfter(attempt));
      }
    }
  }

  private static Duration pauseAfter(int attempt) {
    var pause = Duration.ofSeconds(1L << (attempt - 1));
    return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
  }

  /** Why it ended early, if it did. */
  private Optional<String> attempt(FileChannel output) throws IOException, InterruptedException {
    if (eTag.isEmpty()) {
      position = 0; // nothing says whether the object is still the same
    }
    ResponseInputStream<GetObjectResponse> body;
    try {
      body = client.getObject(position == 0 ? request : rest());
    } catch (S3Exception e) {
      if (position > 0 && (e.statusCode() == 412 || e.statusCode() == 416)) {
        position = 0;
        return Optional.of("the object changed while it was read");
      }
      throw e;
    } catch (SdkClientException e) {
      if (position == 0) {
        throw e;
      }
      return Optional.of(Failures.reason(e));
    }
    var whole = false;
    try {
      if (position == 0 || body.response().contentRange() == null) {
        begin(output, body.response());
      }
      var broken = copy(body, output);
      whole = broken.isEmpty();
      return broken;
    } finally {
      if (whole) {
        body.close();
      } else {
        body.abort();
      }
    }
  }

  private GetObjectRequest rest() {
    return request.toBuilder().range("bytes=" + position + "-").ifMatch(eTag).build();
  }

  private void begin(FileChannel output, GetObjectResponse response) throws IOException {
    eTag = Optional.ofNullable(response.eTag()).orElse("");
    size = Optional.ofNullable(response.contentLength()).orElse(-1L);
    position = 0;
    output.truncate(0);
    beginning.of(size, eTag);
  }

  private Optional<String> copy(InputStream body, FileChannel output)
      throws IOException, InterruptedException {
    while (true) {
      int count;
      try {
        count = body.read(buffer);
      } catch (SdkClientException e) {
        position = 0; // a wrong checksum: nothing of it is worth keeping
        return Optional.of(Failures.reason(e));
      } catch (IOException e) {
        return Optional.of(Failures.reason(e));
      }
      if (Thread.interrupted()) {
        throw new InterruptedException("download was interrupted");
      }
      if (count < 0) {
        return size < 0 || position == size
            ? Optional.empty()
            : Optional.of("the connection ended too early");
      }
      for (var bytes = ByteBuffer.wrap(buffer, 0, count); bytes.hasRemaining(); ) {
        position += output.write(bytes, position);
      }
      arrival.grown(position);
    }
  }
}
