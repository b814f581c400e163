package io.kodedeploy.simulator.wire;

/** What a long poll must know about its client. */
public interface ClientConnection {
  /** Call once, before waiting: from now on a disconnect is noticed. */
  void watch();

  /** Whether the client is still there, as far as {@link #watch} has seen. */
  boolean isOpen();
}
