package io.kodedeploy.core.install;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Starts the host's own tools by argument vector; nothing is read by a shell. */
final class Tools {
  private static final int LONGEST_OUTPUT = 4096;

  private final String path;

  Tools(Map<String, String> environment) {
    this.path = environment.getOrDefault("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
  }

  /**
   * Runs a tool to its end.
   *
   * @throws IOException when its status is not 0; the message shows status, output and vector
   */
  void run(List<String> vector) throws IOException, InterruptedException {
    var status = start(vector);
    if (!status.isEmpty()) {
      var command = String.join(" ", vector);
      throw new IOException(
          status
              + ": "
              + (command.length() > LONGEST_OUTPUT
                  ? command.substring(0, LONGEST_OUTPUT) + " ..."
                  : command));
    }
  }

  /** Runs a tool whose failure does not matter. */
  void attempt(List<String> vector) throws IOException, InterruptedException {
    start(vector);
  }

  /** Empty, or what went wrong. */
  private String start(List<String> vector) throws IOException, InterruptedException {
    var command = new ArrayList<>(vector);
    command.set(0, executable(vector.getFirst()).toString());
    var builder =
        new ProcessBuilder(command)
            .directory(new File("/"))
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true);
    builder.environment().put("PATH", path);
    var process = builder.start();
    try (var output = process.getInputStream()) {
      var text = new String(output.readNBytes(LONGEST_OUTPUT), UTF_8).strip();
      output.transferTo(OutputStream.nullOutputStream());
      var status = process.waitFor();
      return status == 0
          ? ""
          : vector.getFirst()
              + " ended with status "
              + status
              + (text.isEmpty() ? "" : " (" + text + ")");
    } catch (InterruptedException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  private Path executable(String name) throws IOException {
    for (var folder : path.split(":", -1)) {
      var file = Path.of(folder.isEmpty() ? "/" : folder).resolve(name);
      if (Files.isExecutable(file)) {
        return file;
      }
    }
    throw new IOException("the tool " + name + " is not installed on this host");
  }
}
