package io.kodedeploy.simulator.wire;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The calls that were answered, newest last; the oldest are dropped. Thread-safe. */
public final class RequestLog implements Resettable {
  private static final int CAPACITY = 100_000;

  /**
   * One call.
   *
   * @param time when it arrived
   * @param answered when its answer was ready; a long poll is held in between
   * @param caller ARN of who signed it; empty if the signature was refused
   * @param status HTTP status; 0 when the connection was closed without an answer
   * @param error code of the error; empty for a success
   */
  public record Call(
      Instant time,
      Instant answered,
      String service,
      String operation,
      String caller,
      int status,
      String error) {}

  private final Deque<Call> calls = new ArrayDeque<>();

  synchronized void add(Call call) {
    if (calls.size() == CAPACITY) {
      calls.removeFirst();
    }
    calls.addLast(call);
  }

  /** The calls of one service and operation; an empty name means any. */
  public synchronized List<Call> calls(String service, String operation) {
    return calls.stream()
        .filter(c -> service.isEmpty() || c.service().equals(service))
        .filter(c -> operation.isEmpty() || c.operation().equals(operation))
        .toList();
  }

  @Override
  public synchronized void reset() {
    calls.clear();
  }
}
