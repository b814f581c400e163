package io.kodedeploy.core.hook;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Two named pipes for the outputs of one script. The platform's own pipes will not do: it closes
 * them when the child has ended, although what the child left running may still hold and write them
 * (host-agent.md 10.5, code 6).
 */
record ScriptPipes(Path stdout, Path stderr) {
  /** Whether both names are still there. */
  boolean there() {
    return Files.exists(stdout) && Files.exists(stderr);
  }
}
