package io.kodedeploy.simulator;

/** Starts the process. */
public final class SimulatorMain {
  private SimulatorMain() {}

  /** Starts the process. */
  public static void main(String[] args) {
    System.exit(2);
  }
}
