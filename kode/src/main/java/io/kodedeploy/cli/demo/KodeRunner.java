package io.kodedeploy.cli.demo;

import io.kodedeploy.cli.options.Surroundings;
import java.io.PrintWriter;
import java.util.List;

/** Runs a command of kode as a user would type it. */
@FunctionalInterface
public interface KodeRunner {
  /**
   * Runs it to its end.
   *
   * @param output where it writes, both streams
   * @return its exit code
   */
  int run(Surroundings surroundings, PrintWriter output, List<String> arguments);
}
