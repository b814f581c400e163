package io.kodedeploy.simulator.kubernetes;

import io.kodedeploy.simulator.time.SimulatorClock;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the controllers of a cluster one after another on a thread of its own: what changed is
 * queued once, however often it changed.
 */
final class ControllerLoop implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ControllerLoop.class);
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final ObjectStore store;
  private final SimulatorClock clock;
  private final LinkedHashSet<Work> queue = new LinkedHashSet<>();
  private final Thread thread;
  private boolean closed;

  private record Work(Controller controller, Controller.Target target) {}

  ControllerLoop(String name, ObjectStore store, SimulatorClock clock) {
    this.store = store;
    this.clock = clock;
    thread = Thread.ofVirtual().name("controllers-" + name).unstarted(this::run);
  }

  void start(List<Controller> controllers) {
    store.listen(
        event -> controllers.forEach(c -> c.concerns(event).forEach(target -> enqueue(c, target))));
    thread.start();
  }

  void enqueue(Controller controller, Controller.Target target) {
    synchronized (queue) {
      queue.add(new Work(controller, target));
      queue.notifyAll();
    }
  }

  void enqueueAfter(Duration delay, Controller controller, Controller.Target target) {
    clock.schedule(delay, () -> enqueue(controller, target));
  }

  private void run() {
    try {
      while (true) {
        var work = take();
        if (work == null) {
          return;
        }
        try {
          store.exclusively(() -> work.controller.reconcile(work.target));
        } catch (RuntimeException e) {
          log.atWarn()
              .setCause(e)
              .addKeyValue("kind", work.target.kind().kind())
              .addKeyValue("namespace", work.target.namespace())
              .addKeyValue("name", work.target.name())
              .log("controller failed and will try again");
          enqueueAfter(RETRY, work.controller, work.target);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closing
    }
  }

  private @org.jspecify.annotations.Nullable Work take() throws InterruptedException {
    synchronized (queue) {
      while (queue.isEmpty() && !closed) {
        queue.wait();
      }
      if (closed) {
        return null;
      }
      return queue.removeFirst();
    }
  }

  @Override
  public void close() {
    synchronized (queue) {
      closed = true;
      queue.notifyAll();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
