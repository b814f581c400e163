package io.kodedeploy.core.hook;

import java.util.ArrayDeque;

/** The newest entries of a log, never 2048 characters or more together (host-agent.md 10.7). */
final class LogTail {
  private static final int BELOW = 2048;

  private final ArrayDeque<String> entries = new ArrayDeque<>();
  private int characters;

  void append(String entry) {
    entries.addLast(entry);
    characters += length(entry);
    while (characters >= BELOW) {
      characters -= length(entries.removeFirst());
    }
  }

  String text() {
    return String.join("", entries);
  }

  private static int length(String entry) {
    return entry.codePointCount(0, entry.length());
  }
}
