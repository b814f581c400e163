package io.kodedeploy.cli.process;

import io.kodedeploy.cli.console.CliException;
import io.kodedeploy.cli.console.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One of our modules as a program.
 *
 * @param home the folder with the modules
 * @param module such as {@code simulator}
 * @param flags for the Java virtual machine
 */
public record Program(Path home, String module, List<String> flags) {
  /** How an agent runs in production: the file that the images and the benchmarks use too. */
  private static final String SMALL = "agent-core/src/main/launch/jvm-options";

  private static final List<String> BUSY =
      List.of("-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders", "-Xmx512m");

  /** Copies the flags. */
  public Program {
    flags = List.copyOf(flags);
  }

  /** An agent with the flags of production. */
  public static Program agent(Path home, String module) {
    return new Program(home, module, List.of("@" + home.resolve(SMALL)));
  }

  /** The simulator. */
  public static Program simulator(Path home) {
    return new Program(home, "simulator", BUSY);
  }

  /**
   * The command line.
   *
   * @throws CliException with {@code not-built} when the module has no jar
   */
  public List<String> command(List<String> arguments) {
    Path target = home.resolve(module).resolve("target");
    Path jar = target.resolve(module + ".jar");
    if (!Files.isRegularFile(jar)) {
      throw new CliException(
          Problem.NOT_BUILT,
          "expected the program " + jar + ", found no such file.",
          "start kode by scripts/kode, which builds it, or run ./mvnw -DskipTests package.");
    }
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    Path cache = target.resolve(module + ".aot");
    if (Files.isRegularFile(cache)) {
      command.add("-XX:AOTCache=" + cache);
    }
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-jar");
    command.add(jar.toString());
    command.addAll(arguments);
    return command;
  }
}
