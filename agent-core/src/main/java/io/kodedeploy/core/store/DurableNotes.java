package io.kodedeploy.core.store;

import java.util.Map;

/**
 * Small texts that outlive the process and, in Kubernetes, the pod with its whole disk. A name is
 * made of letters, digits, {@code -}, {@code _} and {@code .}; a text has at most some kilobytes.
 * Safe for many threads; one writer per name. Every operation fails with an {@link
 * io.kodedeploy.core.error.AgentException}, {@code state-write-failed} unless the place has a
 * better code.
 */
public interface DurableNotes {
  /** Every note, by its name. */
  Map<String, String> all() throws InterruptedException;

  /** Writes a note, whole or not at all. */
  void put(String name, String text) throws InterruptedException;

  /** Removes a note; nothing when there is none. */
  void remove(String name) throws InterruptedException;
}
