package io.kodedeploy.cli;

/** Starts the process. */
public final class KodeMain {
  private KodeMain() {}

  /** Starts the process. */
  public static void main(String[] args) {
    System.exit(2);
  }
}
