package io.kodedeploy.node;

/** Starts the process. */
public final class NodeAgentMain {
  private NodeAgentMain() {}

  /** Starts the process. */
  public static void main(String[] args) {
    System.exit(2);
  }
}
