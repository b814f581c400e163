package io.kodedeploy.simulator.kubernetes;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/**
 * All objects of one cluster, under one lock and one revision counter. Stored trees are never
 * changed: who changes an object works on a copy and puts that.
 */
final class ObjectStore {
  private static final int HISTORY = 20_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<ResourceKind, SortedMap<String, ObjectNode>> objects = new HashMap<>();
  private final Deque<StoreEvent> history = new ArrayDeque<>();
  private final List<Consumer<StoreEvent>> listeners = new CopyOnWriteArrayList<>();
  private long revision = 1;

  /** Runs something that must see and change several objects as one step. */
  <T> T exclusively(Supplier<T> work) {
    lock.lock();
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }

  void exclusively(Runnable work) {
    lock.lock();
    try {
      work.run();
    } finally {
      lock.unlock();
    }
  }

  long revision() {
    return exclusively(() -> revision);
  }

  Optional<ObjectNode> get(ResourceKind kind, String namespace, String name) {
    return exclusively(() -> Optional.ofNullable(of(kind).get(key(namespace, name))));
  }

  /** The objects of a namespace, or of all when it is empty, sorted by namespace and name. */
  List<ObjectNode> list(ResourceKind kind, String namespace) {
    return exclusively(
        () ->
            namespace.isEmpty()
                ? List.copyOf(of(kind).values())
                : List.copyOf(of(kind).subMap(namespace + "/", namespace + "0").values()));
  }

  /** Stores an object under a new resourceVersion, which it is given. */
  ObjectNode put(ResourceKind kind, ObjectNode object) {
    return exclusively(
        () -> {
          revision++;
          ObjectTree.metadata(object).put("resourceVersion", Long.toString(revision));
          var before = of(kind).put(key(object), object);
          var type = before == null ? StoreEvent.Type.ADDED : StoreEvent.Type.MODIFIED;
          publish(new StoreEvent(type, kind, object, before, revision));
          return object;
        });
  }

  void remove(ResourceKind kind, ObjectNode object) {
    exclusively(
        () -> {
          var removed = of(kind).remove(key(object));
          if (removed != null) {
            revision++;
            var last = removed.deepCopy();
            ObjectTree.metadata(last).put("resourceVersion", Long.toString(revision));
            publish(new StoreEvent(StoreEvent.Type.DELETED, kind, last, removed, revision));
          }
        });
  }

  /** Calls the listener under the store's lock for every change from now on; it must be quick. */
  void listen(Consumer<StoreEvent> listener) {
    listeners.add(listener);
  }

  /**
   * Like {@link #listen}, after handing over every change later than a revision.
   *
   * @return false if changes of that time are forgotten already; nothing was registered then
   */
  boolean listenSince(long since, Consumer<StoreEvent> listener) {
    return exclusively(
        () -> {
          var forgotten = history.size() == HISTORY && history.getFirst().revision() > since + 1;
          if (!forgotten) {
            history.stream().filter(event -> event.revision() > since).forEach(listener);
            listeners.add(listener);
          }
          return !forgotten;
        });
  }

  void unlisten(Consumer<StoreEvent> listener) {
    listeners.remove(listener);
  }

  private void publish(StoreEvent event) {
    if (history.size() == HISTORY) {
      history.removeFirst();
    }
    history.addLast(event);
    listeners.forEach(listener -> listener.accept(event));
  }

  private SortedMap<String, ObjectNode> of(ResourceKind kind) {
    return objects.computeIfAbsent(kind, _ -> new TreeMap<>());
  }

  private static String key(ObjectNode object) {
    return key(ObjectTree.namespace(object), ObjectTree.name(object));
  }

  private static String key(String namespace, String name) {
    return namespace + "/" + name;
  }
}
