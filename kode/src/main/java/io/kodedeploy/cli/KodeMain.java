package io.kodedeploy.cli;

import io.kodedeploy.cli.agent.AgentMain;
import io.kodedeploy.cli.aws.AwsSettings;
import io.kodedeploy.cli.aws.SdkAws;
import io.kodedeploy.cli.console.ExitCode;
import io.kodedeploy.cli.console.Ticker;
import io.kodedeploy.cli.options.Surroundings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Starts the process. */
public final class KodeMain {
  /** How long an interrupted command may take to put things in order. */
  private static final Duration GRACE = Duration.ofSeconds(60);

  private KodeMain() {}

  /** Runs one command; a signal interrupts it and waits until it has cleaned up. */
  public static void main(String[] args) {
    if (AgentMain.asked(List.of(args))) {
      AgentMain.main(Arrays.copyOfRange(args, 2, args.length)); // it ends by its own rules
      return;
    }
    var interruption = Interruption.of(Thread.currentThread(), GRACE);
    int code = ExitCode.FAILED;
    try {
      code = run(System.getenv(), args);
    } finally {
      interruption.finished(code);
    }
    System.exit(code);
  }

  private static int run(Map<String, String> environment, String[] args) {
    var surroundings =
        new Surroundings(
            environment,
            Path.of("").toAbsolutePath(),
            Path.of(System.getProperty("kode.home", "")).toAbsolutePath(),
            () -> new SdkAws(AwsSettings.from(environment)),
            Ticker.SYSTEM);
    return Kode.commandLine(surroundings).execute(args);
  }
}
