package io.kodedeploy.cli.agent;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import io.kodedeploy.core.command.HostListener;
import io.kodedeploy.core.command.PollResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a running agent says of its polls, for {@code kode agent status}: a small file beside the
 * pid file, written at most every ten seconds unless something changes. Safe for many threads.
 */
final class AgentState implements HostListener {
  private static final Logger log = LoggerFactory.getLogger(AgentState.class);
  private static final Duration PACE = Duration.ofSeconds(10);
  private static final JsonMapper JSON = JsonMapper.shared();

  /**
   * The content of the file.
   *
   * @param pid the agent
   * @param lastGoodPoll when the service last answered; null when it never did
   * @param problem why the last poll failed, or what the agent waits for; null after a good poll
   */
  record Content(long pid, @Nullable String lastGoodPoll, @Nullable String problem) {
    /** How long ago the last good poll was. */
    Optional<Duration> age(Instant now) {
      return Optional.ofNullable(lastGoodPoll)
          .map(text -> Duration.between(Instant.parse(text), now))
          .map(age -> age.isNegative() ? Duration.ZERO : age);
    }
  }

  private final Path file;
  private final long pid;
  private final InstantSource clock;
  private Content written; // guarded by this
  private @Nullable Instant lastWrite;
  private boolean broken;

  AgentState(Path file, long pid, InstantSource clock) {
    this.file = file;
    this.pid = pid;
    this.clock = clock;
    this.written = new Content(pid, null, "starting");
  }

  /** Reads what the agent of that number says; empty when it says nothing. */
  static Optional<Content> read(Path file, long pid) {
    try {
      var content = JSON.readValue(Files.readString(file), Content.class);
      return content.pid() == pid ? Optional.of(content) : Optional.empty();
    } catch (IOException | JacksonException e) {
      return Optional.empty();
    }
  }

  /** It waits for something before the first poll. */
  synchronized void waiting(String problem) {
    write(new Content(pid, written.lastGoodPoll(), problem));
  }

  @Override
  public synchronized void polled(PollResult result) {
    write(
        result instanceof PollResult.Failed failed
            ? new Content(pid, written.lastGoodPoll(), failed.code().id() + ": " + failed.reason())
            : new Content(pid, clock.instant().toString(), null));
  }

  private void write(Content content) {
    var now = clock.instant();
    boolean changed = !Objects.equals(content.problem(), written.problem());
    if (!changed && lastWrite != null && Duration.between(lastWrite, now).compareTo(PACE) < 0) {
      return;
    }
    written = content;
    lastWrite = now;
    try {
      var next = file.resolveSibling(file.getFileName() + ".next");
      Files.writeString(next, JSON.writeValueAsString(content));
      Files.move(next, file, ATOMIC_MOVE);
    } catch (IOException e) {
      if (!broken) { // status then knows less; the agent works
        broken = true;
        log.atWarn().setCause(e).addKeyValue("file", file).log("agent state cannot be written");
      }
    }
  }
}
