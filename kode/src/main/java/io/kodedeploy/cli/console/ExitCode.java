package io.kodedeploy.cli.console;

/** The exit codes of every command; scripts rely on them. */
public final class ExitCode {
  /** Everything asked for is done. */
  public static final int DONE = 0;

  /** Failed; a release has also put back what it had changed. */
  public static final int FAILED = 1;

  /** The command line or the configuration file cannot be understood. */
  public static final int USAGE = 2;

  /** Failed, and something is left that is not as it was before. */
  public static final int NOT_ROLLED_BACK = 3;

  /** The time given is over and the work goes on without us. */
  public static final int STILL_RUNNING = 4;

  private ExitCode() {}
}
