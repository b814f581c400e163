package io.kodedeploy.core.command;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.store.DurableNotes;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts again what the notes of a dead agent say, before the first poll of this one. */
final class Resumption {
  private static final Logger log = LoggerFactory.getLogger(Resumption.class);

  private final DurableNotes durable;
  private final CommandNotes notes;
  private final Restoration restoration;
  private final CommandPool pool;
  private final Consumer<CommandNote> resume;

  Resumption(
      DurableNotes durable,
      CommandNotes notes,
      Restoration restoration,
      CommandPool pool,
      Consumer<CommandNote> resume) {
    this.durable = durable;
    this.notes = notes;
    this.restoration = restoration;
    this.pool = pool;
    this.resume = resume;
  }

  /**
   * Reads the notes and starts every command in them.
   *
   * @return ids of the commands that go on; nothing when the notes cannot be read now, and then no
   *     command may be taken
   */
  Optional<Set<String>> run() throws InterruptedException {
    Map<String, String> all;
    try {
      all = durable.all();
    } catch (AgentException e) {
      log.atError()
          .addKeyValue("code", e.code().id())
          .addKeyValue("reason", e.getMessage())
          .log("the notes of running commands cannot be read, no command is taken until they are");
      return Optional.empty();
    }
    restoration.load(all);
    var ids = new HashSet<String>();
    for (var note : notes.left(all)) {
      String id = note.command().hostCommandIdentifier();
      ids.add(id);
      pool.start(id, () -> resume.accept(note));
    }
    return Optional.of(ids);
  }
}
