package io.kodedeploy.core.hook;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Two named pipes for the outputs of one script. The platform's own pipes will not do: it closes
 * them when the child has ended, although what the child left running may still hold and write them
 * (host-agent.md 10.5, code 6). The names vanish on close, the pipes live as long as somebody holds
 * them.
 */
record ScriptPipes(Path stdout, Path stderr) implements AutoCloseable {

  static ScriptPipes create(Path folder) throws IOException {
    var real = Files.createDirectories(folder).toRealPath();
    var name = ".pipe-" + Long.toHexString(ThreadLocalRandom.current().nextLong());
    var pipes = new ScriptPipes(real.resolve(name + ".out"), real.resolve(name + ".err"));
    var mkfifo =
        new ProcessBuilder("mkfifo", "-m", "600", pipes.stdout.toString(), pipes.stderr.toString())
            .redirectErrorStream(true)
            .start();
    try (var output = mkfifo.getInputStream()) {
      var text = new String(output.readAllBytes(), UTF_8).strip();
      if (mkfifo.onExit().join().exitValue() != 0) {
        pipes.close();
        throw new IOException("mkfifo failed: " + text);
      }
    }
    return pipes;
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(stdout);
    Files.deleteIfExists(stderr);
  }
}
