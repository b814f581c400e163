package io.kodedeploy.simulator.kubernetes;

import io.kodedeploy.simulator.time.SimulatorClock;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** One client's view of the changes of one kind, as a stream of JSON lines. */
final class Watch implements Consumer<StoreEvent> {
  private static final Duration BOOKMARK_INTERVAL = Duration.ofSeconds(30);

  /**
   * What is watched.
   *
   * @param revision changes later than this; empty to begin with the present objects
   * @param initial whether the present objects come first, closed by a bookmark
   */
  record Request(
      ApiPath path,
      Predicate<JsonNode> selector,
      String revision,
      boolean bookmarks,
      boolean initial,
      Duration limit) {}

  private final Request request;
  private final UnaryOperator<ObjectNode> view;
  private final BlockingQueue<ObjectNode> lines = new LinkedBlockingQueue<>();
  private volatile boolean ended;

  Watch(Request request, UnaryOperator<ObjectNode> view) {
    this.request = request;
    this.view = view;
  }

  /** Begins to collect changes. */
  void register(ObjectStore store) {
    store.exclusively(
        () -> {
          var begin = request.revision();
          if (request.initial() || begin.isEmpty() || begin.equals("0")) {
            store.list(request.path().kind(), request.path().namespace()).stream()
                .filter(this::covers)
                .forEach(object -> lines.add(event("ADDED", object)));
            if (request.initial()) {
              lines.add(bookmark(store.revision(), true));
            }
            store.listen(this);
          } else if (!store.listenSince(Long.parseLong(begin), this)) {
            var expired =
                new StatusException(410, "Expired", "too old resource version: " + begin).toJson();
            lines.add(line("ERROR", expired));
            ended = true;
          }
        });
  }

  @Override
  public void accept(StoreEvent event) {
    if (!event.kind().equals(request.path().kind()) || !inNamespace(event.object())) {
      return;
    }
    var now = event.type() != StoreEvent.Type.DELETED && request.selector().test(event.object());
    var before = event.previous() != null && request.selector().test(event.previous());
    if (now) {
      lines.add(event(before ? "MODIFIED" : "ADDED", event.object()));
    } else if (before) {
      lines.add(event("DELETED", event.object()));
    }
  }

  /** Writes until the time limit passes, the client goes away, or {@link #end} is called. */
  void write(OutputStream out, ObjectStore store, SimulatorClock clock)
      throws IOException, InterruptedException {
    var end = System.nanoTime() + clock.real(request.limit()).toNanos();
    // Nothing leaves before the first byte, and clients wait for the status line: JSON may begin
    // with a blank.
    out.write(' ');
    out.flush();
    while (true) {
      var wait = Math.min(end - System.nanoTime(), clock.real(BOOKMARK_INTERVAL).toNanos());
      var line = ended ? lines.poll() : lines.poll(Math.max(0, wait), TimeUnit.NANOSECONDS);
      if (line == null && (ended || System.nanoTime() >= end)) {
        return;
      }
      var next = line == null && request.bookmarks() ? bookmark(store.revision(), false) : line;
      if (next != null && !next.isEmpty()) {
        out.write((next + "\n").getBytes(StandardCharsets.UTF_8));
        if (lines.isEmpty()) {
          out.flush();
        }
      }
    }
  }

  /** Makes {@link #write} return. */
  void end() {
    ended = true;
    lines.add(JsonNodeFactory.instance.objectNode());
  }

  private boolean covers(ObjectNode object) {
    return inNamespace(object) && request.selector().test(object);
  }

  private boolean inNamespace(ObjectNode object) {
    var namespace = request.path().namespace();
    return namespace.isEmpty() || ObjectTree.namespace(object).equals(namespace);
  }

  private ObjectNode event(String type, ObjectNode object) {
    return line(type, view.apply(object));
  }

  private ObjectNode bookmark(long revision, boolean endOfInitial) {
    var kind = request.path().kind();
    var object = JsonNodeFactory.instance.objectNode();
    object.put("kind", kind.kind()).put("apiVersion", kind.apiVersion());
    var metadata = object.putObject("metadata").put("resourceVersion", Long.toString(revision));
    if (endOfInitial) {
      metadata.putObject("annotations").put("k8s.io/initial-events-end", "true");
    }
    return line("BOOKMARK", object);
  }

  private static ObjectNode line(String type, @Nullable ObjectNode object) {
    var line = JsonNodeFactory.instance.objectNode().put("type", type);
    line.set("object", object);
    return line;
  }
}
