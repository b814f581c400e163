package io.kodedeploy.cli.console;

/** How a command writes: for people or for programs. */
public enum OutputFormat {
  /** Lines for people. */
  TEXT,
  /** One JSON object a line. */
  JSON
}
