package io.kodedeploy.core.hook;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one lifecycle event prints: appended to {@code scripts.log}, copied to the host-wide
 * deployments log, and its end kept for the report (host-agent.md 10.7, 10.8). Bytes reach the
 * files unchanged. A log that cannot be written is said once in the agent's log and fails nothing.
 * The file comes into being with its first entry. Any thread may append; its owner closes it.
 */
public final class ScriptLog implements AutoCloseable {
  private static final Logger logger = LoggerFactory.getLogger(ScriptLog.class);
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

  private final Optional<RotatingFile> file;
  private final BiConsumer<String, byte[]> copy;
  private final Optional<DeploymentsLog> deployments;
  private final String deploymentId;
  private final Clock clock;
  private final LogTail tail = new LogTail();
  private Optional<String> event = Optional.empty();
  private boolean broken;

  private ScriptLog(
      Optional<RotatingFile> file,
      BiConsumer<String, byte[]> copy,
      Optional<DeploymentsLog> deployments,
      String deploymentId,
      Clock clock) {
    this.file = file;
    this.copy = copy;
    this.deployments = deployments;
    this.deploymentId = deploymentId;
    this.clock = clock;
  }

  /**
   * The log of an event of a deployment.
   *
   * @param deploymentDirectory folder of the current deployment, whichever revision is used
   * @param deployments the host-wide log, unless it is switched off
   * @param clock also gives the time zone of the entries
   */
  public static ScriptLog of(
      Path deploymentDirectory,
      String deploymentId,
      Optional<DeploymentsLog> deployments,
      Clock clock) {
    var path = deploymentDirectory.resolve("logs").resolve("scripts.log");
    return new ScriptLog(
        Optional.of(new RotatingFile(path)), (_, _) -> {}, deployments, deploymentId, clock);
  }

  /**
   * A log without a file: each entry is handed on as it comes, by one thread at a time.
   *
   * @param entries gets {@code [stdout]}, {@code [stderr]} or, for a line of our own, an empty
   *     text, and the bytes of the entry
   */
  public static ScriptLog handedOn(BiConsumer<String, byte[]> entries) {
    return new ScriptLog(Optional.empty(), entries, Optional.empty(), "", Clock.systemUTC());
  }

  /** Writes the event's header, once however often it is called. */
  public synchronized void event(String name) {
    if (event.isEmpty()) {
      event = Optional.of(name);
      line("LifecycleEvent - " + name);
    }
  }

  /** One line of our own; the newline is added. */
  public void line(String text) {
    append("", (text + "\n").getBytes(UTF_8));
  }

  /** One line as if a script had printed it; the newline is added. */
  public void stdout(String text) {
    append(Stream.STDOUT.label, (text + "\n").getBytes(UTF_8));
  }

  /** One line as if a script had complained; the newline is added. */
  public void stderr(String text) {
    append(Stream.STDERR.label, (text + "\n").getBytes(UTF_8));
  }

  /** What a script printed, as it printed it: up to and with its newline, if there was one. */
  void output(Stream stream, byte[] bytes) {
    append(stream.label, bytes);
  }

  /** The newest entries, together below 2048 characters. */
  public synchronized String tail() {
    return tail.text();
  }

  /** Makes the folder of the log, unless it is there, so that other accounts do not see into it. */
  void closeFolder() {
    try {
      if (file.isPresent()) {
        file.get().makeFolder("rwxr-x---");
      }
    } catch (IOException e) {
      logger.atWarn().setCause(e).addKeyValue("file", file()).log("log folder not made");
    }
  }

  /** Where the complete log is; empty for one without a file. */
  public Path file() {
    return file.map(RotatingFile::path).orElse(Path.of(""));
  }

  private synchronized void append(String label, byte[] bytes) {
    var prefix = label.getBytes(UTF_8);
    var entry = ByteBuffer.allocate(prefix.length + bytes.length).put(prefix).put(bytes).array();
    tail.append(new String(entry, UTF_8));
    copy.accept(label, bytes);
    try {
      if (file.isPresent()) {
        file.get().append((LocalDateTime.now(clock).format(TIME) + " ").getBytes(UTF_8), entry);
      }
      if (deployments.isPresent()) {
        deployments.get().append(deploymentId, entry);
      }
    } catch (IOException e) {
      if (!broken) { // a script is not failed for its log; once is enough to be heard
        broken = true;
        logger.atError().setCause(e).addKeyValue("file", file()).log("script log incomplete");
      }
    }
  }

  @Override
  public synchronized void close() throws IOException {
    if (file.isPresent()) {
      file.get().close();
    }
  }

  /** The two outputs of a process. */
  enum Stream {
    STDOUT("[stdout]"),
    STDERR("[stderr]");

    private final String label;

    Stream(String label) {
      this.label = label;
    }
  }
}
