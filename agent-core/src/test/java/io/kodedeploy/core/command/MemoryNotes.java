package io.kodedeploy.core.command;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.store.DurableNotes;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Notes that a test can look into, and that can be out of reach. */
final class MemoryNotes implements DurableNotes {
  final Map<String, String> notes = new ConcurrentHashMap<>();
  volatile boolean readable = true;
  volatile boolean writable = true;

  @Override
  public Map<String, String> all() {
    require(readable);
    return Map.copyOf(notes);
  }

  @Override
  public void put(String name, String text) {
    require(writable);
    notes.put(name, text);
  }

  @Override
  public void remove(String name) {
    require(writable);
    notes.remove(name);
  }

  private static void require(boolean reachable) {
    if (!reachable) {
      throw new AgentException(ErrorCode.CLUSTER_UNREACHABLE, "the API server is away");
    }
  }
}
