package io.kodedeploy.simulator;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Starts the process: one account on one port until SIGTERM. */
@Command(
    name = "simulator",
    mixinStandardHelpOptions = true,
    versionProvider = SimulatorMain.Version.class,
    description = "AWS in one process: CodeDeploy and what belongs to it, on one port.",
    footer = {
      "",
      "Keys: test/test is the account's administrator. Point clients here with",
      "AWS_ENDPOINT_URL; the first line of output names the address."
    })
public final class SimulatorMain implements Callable<Integer> {
  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "4566",
      description = "port to listen on, 0 for any free one (default: ${DEFAULT-VALUE})")
  private int port;

  @Option(
      names = "--time-scale",
      paramLabel = "FACTOR",
      defaultValue = "1.0",
      description = "how many times faster than real time passes (default: ${DEFAULT-VALUE})")
  private double timeScale;

  private SimulatorMain() {}

  /** Starts the process. */
  public static void main(String[] args) {
    System.setProperty("logback.configurationFile", "simulator-logback.xml");
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    System.exit(new CommandLine(new SimulatorMain()).execute(args));
  }

  @Override
  public Integer call() throws InterruptedException {
    SimulatorSettings settings;
    try {
      settings = SimulatorSettings.DEFAULTS.withPort(port).withTimeScale(timeScale);
    } catch (IllegalArgumentException e) {
      System.err.println("simulator: " + e.getMessage());
      return 2;
    }
    var stop = new CountDownLatch(1);
    var stopped = new CountDownLatch(1);
    try (var simulator = Simulator.start(settings)) {
      Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> end(stop, stopped)));
      System.out.println("simulator: ready on " + simulator.url());
      System.out.flush();
      stop.await();
    } catch (RuntimeException e) {
      System.err.println("simulator: cannot run on port " + port + ": " + rootMessage(e));
      return 1;
    } finally {
      stopped.countDown();
    }
    return 0;
  }

  /** In the shutdown hook: lets main close everything before the process ends. */
  private static void end(CountDownLatch stop, CountDownLatch stopped) {
    stop.countDown();
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String rootMessage(Throwable failure) {
    var root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }

  /** The version in the manifest. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      var version = SimulatorMain.class.getPackage().getImplementationVersion();
      return new String[] {"simulator " + (version == null ? "(development)" : version)};
    }
  }
}
