package io.kodedeploy.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderNotesTest {
  @TempDir Path directory;

  @Test
  void hasNoNotesBeforeTheFirstOne() {
    assertThat(new FolderNotes(directory.resolve("notes")).all()).isEmpty();
  }

  @Test
  void keepsWhatWasPutLastForWhoComesAfter() {
    var folder = directory.resolve("notes");
    var notes = new FolderNotes(folder);
    notes.put("command.a", "1");
    notes.put("command.a", "2");
    notes.put("installed.b", "3");
    notes.put("command.c", "4");

    notes.remove("command.c");
    notes.remove("command.never");

    assertThat(new FolderNotes(folder).all())
        .isEqualTo(Map.of("command.a", "2", "installed.b", "3"));
  }

  @Test
  void takesNoWriteThatWasInterruptedForANote() throws IOException {
    Files.writeString(directory.resolve(".command.a.json.17-1.tmp"), "half");
    Files.writeString(directory.resolve(".command.a.json"), "half");

    assertThat(new FolderNotes(directory).all()).isEmpty();
  }

  @Test
  void saysWhichFileCannotBeUsed() throws IOException {
    var file = Files.writeString(directory.resolve("file"), "no folder");
    var notes = new FolderNotes(file);

    assertThatThrownBy(() -> notes.put("command.a", "1"))
        .hasMessageContaining(file.resolve("command.a.json").toString())
        .isInstanceOfSatisfying(
            AgentException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.STATE_WRITE_FAILED));
    assertThatThrownBy(notes::all).hasMessageContaining(file.toString());
    assertThatThrownBy(() -> notes.remove("command.a")).hasMessageContaining("cannot remove");
  }
}
