package io.kodedeploy.cli.console;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/** A command that cannot go on: what was expected and found, and what the user does about it. */
public final class CliException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Problem problem;
  private final String remedy;
  private final int exitCode;

  private CliException(
      Problem problem, String message, String remedy, int exitCode, @Nullable Throwable cause) {
    this.problem = requireNonNull(problem, "problem");
    this.remedy = requireNonNull(remedy, "remedy");
    this.exitCode = exitCode;
    super(requireNonNull(message, "message"), cause);
  }

  /**
   * A failure with exit code 1.
   *
   * @param message what was expected and what was found
   * @param remedy what the user does about it
   */
  public CliException(Problem problem, String message, String remedy) {
    this(problem, message, remedy, ExitCode.FAILED, null);
  }

  /** The same failure with another exit code. */
  public CliException exitCode(int code) {
    return new CliException(problem, getMessage(), remedy, code, getCause());
  }

  /** The same failure with what broke. */
  public CliException because(Throwable cause) {
    return new CliException(problem, getMessage(), remedy, exitCode, cause);
  }

  /** The stable id of the failure. */
  public Problem problem() {
    return problem;
  }

  /** What the user does about it. */
  public String remedy() {
    return remedy;
  }

  /** How the process ends. */
  public int exitCode() {
    return exitCode;
  }

  /** Never null here, unlike in the base class. */
  @Override
  public String getMessage() {
    return requireNonNull(super.getMessage());
  }

  /** The one line a user reads. */
  public String line() {
    return "kode: " + problem.id() + ": " + getMessage() + " To do: " + remedy;
  }
}
