package io.kodedeploy.simulator.elb;

import io.kodedeploy.simulator.http.HttpConnection;
import org.jspecify.annotations.Nullable;

/** The right to send one request to a target. Closing it ends the request's count as in flight. */
final class TargetLease implements AutoCloseable {
  private final TargetGroup group;
  private final Target target;
  private @Nullable HttpConnection connection;
  private boolean cut;

  TargetLease(TargetGroup group, Target target) {
    this.group = group;
    this.target = target;
  }

  Target target() {
    return target;
  }

  TargetGroup group() {
    return group;
  }

  /** The connection that carries the request now; closed at once if the target's time is over. */
  synchronized void use(HttpConnection used) {
    connection = used;
    if (cut) {
      used.close();
    }
  }

  /** The deregistration delay is over: the request's connection is closed. */
  synchronized void cut() {
    cut = true;
    if (connection != null) {
      connection.close();
    }
  }

  synchronized boolean isCut() {
    return cut;
  }

  @Override
  public void close() {
    group.release(this);
  }
}
