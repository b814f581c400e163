package io.kodedeploy.core.command;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.hook.Turn;
import io.kodedeploy.core.protocol.Diagnostics;
import io.kodedeploy.core.protocol.PolledCommand;
import io.kodedeploy.core.store.DurableNotes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes every command before it is acknowledged, each of its steps before it is done, and its
 * result before it is reported, so that whoever comes after a crash goes on at that very place.
 * Without durable notes it does nothing. Safe for many threads.
 */
final class CommandNotes {
  private static final Logger log = LoggerFactory.getLogger(CommandNotes.class);
  private static final String PREFIX = "command.";

  private final Optional<DurableNotes> notes;
  private final Map<String, CommandNote> current = new ConcurrentHashMap<>();

  CommandNotes(Optional<DurableNotes> notes) {
    this.notes = notes;
  }

  /** Whether an interrupted command goes on after a restart. */
  boolean durable() {
    return notes.isPresent();
  }

  /** What a dead agent was carrying out. */
  List<CommandNote> left(Map<String, String> all) {
    return all.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(PREFIX))
        .flatMap(entry -> CommandNote.parse(entry.getValue()).stream())
        .toList();
  }

  /**
   * Before the acknowledgement; a note that is there already stays as it is.
   *
   * @throws AgentException when it cannot be noted: the command must not be begun then
   */
  void begin(CommandNote note) throws InterruptedException {
    String id = note.command().hostCommandIdentifier();
    if (notes.isPresent() && current.putIfAbsent(id, note) == null) {
      notes.get().put(name(note.command()), note.text());
    }
  }

  /** Takes a note of a dead agent over. */
  void takeOver(CommandNote note) {
    current.put(note.command().hostCommandIdentifier(), note);
  }

  /** How far this command has come, from where its note stands. */
  StepProgress progress(PolledCommand command) {
    var note = current.get(command.hostCommandIdentifier());
    return notes.isEmpty() || note == null
        ? StepProgress.UNNOTED
        : new Noted(command, note.step().orElse(null));
  }

  /** Before the report. */
  void ended(PolledCommand command, Diagnostics result) {
    change(command, note -> note.ended(result));
  }

  /** After the report, or when there will be none. */
  void forget(PolledCommand command) {
    current.remove(command.hostCommandIdentifier());
    attempt(store -> store.remove(name(command)));
  }

  private interface Change {
    CommandNote of(CommandNote note);
  }

  private void change(PolledCommand command, Change change) {
    var changed =
        current.computeIfPresent(command.hostCommandIdentifier(), (_, note) -> change.of(note));
    if (changed != null) {
      attempt(store -> store.put(name(command), changed.text()));
    }
  }

  private interface Write {
    void to(DurableNotes notes) throws InterruptedException;
  }

  /** A note that cannot be written does not fail what it is about. */
  private void attempt(Write write) {
    if (notes.isEmpty()) {
      return;
    }
    try {
      write.to(notes.get());
    } catch (AgentException e) {
      log.atError()
          .setCause(e)
          .addKeyValue("code", e.code().id())
          .log("a running command cannot be noted");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ids are opaque and long; a note's name is not. */
  private static String name(PolledCommand command) {
    return PREFIX + Names.digest(command.hostCommandIdentifier());
  }

  /** For the one thread that carries the command out. */
  private final class Noted implements StepProgress {
    private final PolledCommand command;
    private @Nullable String interrupted;

    Noted(PolledCommand command, @Nullable String interrupted) {
      this.command = command;
      this.interrupted = interrupted;
    }

    @Override
    public Turn turn(String step) {
      if (interrupted == null) {
        change(command, note -> note.begun(step));
        return Turn.RUN;
      }
      if (!step.equals(interrupted)) {
        return Turn.SKIP;
      }
      interrupted = null;
      return Turn.INTERRUPTED;
    }

    @Override
    public Optional<String> unmet() {
      return Optional.ofNullable(interrupted);
    }
  }
}
