package io.kodedeploy.core.command;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;

/**
 * Lets one command per deployment group work at a time, in the order in which they came; groups do
 * not wait for each other.
 */
final class GroupOrder {
  private final Map<String, Turn> turns = new HashMap<>(); // guarded by this

  private static final class Turn {
    private final Semaphore free = new Semaphore(1, true);
    private int users;
  }

  /** Blocks until it is this command's turn; close it to let the next one in. */
  Held enter(String groupId) throws InterruptedException {
    Turn turn;
    synchronized (this) {
      turn = turns.computeIfAbsent(groupId, _ -> new Turn());
      turn.users++;
    }
    boolean entered = false;
    try {
      turn.free.acquire();
      entered = true;
    } finally {
      if (!entered) {
        left(groupId, turn);
      }
    }
    return () -> {
      turn.free.release();
      left(groupId, turn);
    };
  }

  private synchronized void left(String groupId, Turn turn) {
    turn.users--;
    if (turn.users == 0) {
      turns.remove(groupId);
    }
  }

  /** A turn being used. */
  interface Held extends AutoCloseable {
    @Override
    void close();
  }
}
