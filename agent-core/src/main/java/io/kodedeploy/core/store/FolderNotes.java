package io.kodedeploy.core.store;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Notes in a folder that outlives the process: one file a note. */
public final class FolderNotes implements DurableNotes {
  private static final String SUFFIX = ".json";

  private final Path folder;

  /** Notes in that folder; it is made with the first one. */
  public FolderNotes(Path folder) {
    this.folder = folder;
  }

  @Override
  public Map<String, String> all() {
    var notes = new TreeMap<String, String>();
    try (var files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
      for (var file : files) {
        String name = file.getFileName().toString();
        if (!name.startsWith(".")) { // a write that was interrupted
          AtomicFiles.read(file)
              .ifPresent(
                  text -> notes.put(name.substring(0, name.length() - SUFFIX.length()), text));
        }
      }
    } catch (NoSuchFileException _) {
      return notes;
    } catch (IOException e) {
      throw failed("read", folder, e);
    }
    return notes;
  }

  @Override
  public void put(String name, String text) {
    try {
      AtomicFiles.write(file(name), text);
    } catch (IOException e) {
      throw failed("write", file(name), e);
    }
  }

  @Override
  public void remove(String name) {
    try {
      Files.deleteIfExists(file(name));
    } catch (IOException e) {
      throw failed("remove", file(name), e);
    }
  }

  private Path file(String name) {
    return folder.resolve(name + SUFFIX);
  }

  private static AgentException failed(String what, Path file, IOException cause) {
    return new AgentException(
        ErrorCode.STATE_WRITE_FAILED, "cannot " + what + " " + file + ": " + cause, cause);
  }
}
