package io.kodedeploy.simulator.elb;

import io.kodedeploy.simulator.http.BodyWriter;
import io.kodedeploy.simulator.http.HttpConnection;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * A request's body on its way from client to target. A long one travels on a thread of its own, so
 * that a target may answer while it still reads.
 */
final class Upload {
  private final @Nullable InputStream from;
  private final @Nullable BodyWriter to;
  private volatile boolean done;
  private volatile boolean clientGone;

  Upload(InputStream from, BodyWriter to) {
    this.from = from;
    this.to = to;
  }

  private Upload() {
    this.from = null;
    this.to = null;
    this.done = true;
  }

  /** For a request without body. */
  static Upload none() {
    return new Upload();
  }

  /** Whether the whole body reached the target. */
  boolean isDone() {
    return done;
  }

  boolean isClientGone() {
    return clientGone;
  }

  /** Copies on a thread of its own; the connection is closed when the client is gone. */
  void start(HttpConnection connection) {
    Thread.ofVirtual()
        .name("upload")
        .start(
            () -> {
              run();
              if (clientGone) {
                connection.close();
              }
            });
  }

  /** Copies to the end, until the client is gone, or until the target takes no more. */
  void run() {
    if (from == null || to == null) {
      return;
    }
    var buffer = new byte[16 * 1024];
    while (true) {
      int count;
      try {
        count = from.read(buffer, 0, buffer.length);
      } catch (IOException e) {
        clientGone = true;
        return;
      }
      try {
        if (count < 0) {
          to.close();
          done = true;
          return;
        }
        to.write(buffer, 0, count);
        to.flush();
      } catch (IOException e) {
        return; // the target stopped reading: its answer, if any, says why
      }
    }
  }
}
