package io.kodedeploy.namespace;

import java.time.Duration;
import tools.jackson.databind.JsonNode;

/** What a process carries: the host of one namespace, or all of those of a list. */
interface CarriedHost extends AutoCloseable {
  /** Works until {@link #stop}; returns when running commands have ended. */
  void run() throws InterruptedException;

  /** No new command from now on; a catch-up under way is broken off. Any thread. */
  void stop();

  /**
   * Ends a host that does not move any more: commands that have not ended in that time are
   * interrupted.
   */
  void abandon(Duration limit) throws InterruptedException;

  /** What {@code /status} says of it. */
  JsonNode status();

  @Override
  void close();
}
