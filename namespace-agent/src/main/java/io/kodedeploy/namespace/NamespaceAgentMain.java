package io.kodedeploy.namespace;

/** Starts the process. */
public final class NamespaceAgentMain {
  private NamespaceAgentMain() {}

  /** Starts the process. */
  public static void main(String[] args) {
    System.exit(2);
  }
}
