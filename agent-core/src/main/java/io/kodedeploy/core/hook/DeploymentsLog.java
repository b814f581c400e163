package io.kodedeploy.core.hook;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;

/**
 * The host-wide log of every deployment (host-agent.md 11.4). One per host: commands that run at
 * the same time share it. Closed by its owner after the last of them.
 */
public final class DeploymentsLog implements AutoCloseable {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS");

  private final RotatingFile file;
  private final Clock clock;

  /**
   * Opens nothing until something is logged.
   *
   * @param file {@code <root_dir>/deployment-logs/<program_name>-deployments.log}
   */
  public DeploymentsLog(Path file, Clock clock) {
    this.file = new RotatingFile(file);
    this.clock = clock;
  }

  synchronized void append(String deploymentId, byte[] entry) throws IOException {
    var prefix = "[" + LocalDateTime.now(clock).format(TIME) + "] [" + deploymentId + "]";
    file.append(prefix.getBytes(UTF_8), trimmed(entry));
  }

  private static byte[] trimmed(byte[] entry) {
    var from = 0;
    var to = entry.length;
    while (from < to && blank(entry[from])) {
      from++;
    }
    while (to > from && blank(entry[to - 1])) {
      to--;
    }
    var line = new ByteArrayOutputStream(to - from + 1);
    line.write(entry, from, to - from);
    line.writeBytes("\n".getBytes(US_ASCII));
    return line.toByteArray();
  }

  private static boolean blank(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }

  @Override
  public synchronized void close() throws IOException {
    file.close();
  }
}
