package io.kodedeploy.namespace.cluster;

import io.kodedeploy.core.error.AgentException;
import java.time.Clock;
import java.time.Duration;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Kubernetes Events about what this agent did, on its Deployment when that can be found, else on
 * its pod. Written one after another on a thread of their own; losing one breaks nothing.
 */
public final class ClusterEvents implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ClusterEvents.class);
  private static final int MESSAGE_LENGTH = 1000; // the API server takes 1024 bytes

  /** How loud an Event is. */
  public enum Type {
    NORMAL("Normal"),
    WARNING("Warning");

    private final String text;

    Type(String text) {
      this.text = text;
    }
  }

  private final KubernetesApi api;
  private final KubernetesApi readable;
  private final String namespace;
  private final Optional<String> pod;
  private final Clock clock;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().name("events-", 1).factory());
  private Optional<ObjectNode> subject = Optional.empty();
  private volatile String skipped = "";

  /**
   * Events in a namespace.
   *
   * @param api writes Events
   * @param readable may read pods, ReplicaSets and Deployments
   * @param pod name of the pod that this agent runs in; without it nothing is written
   */
  public ClusterEvents(
      KubernetesApi api,
      KubernetesApi readable,
      String namespace,
      Optional<String> pod,
      Clock clock) {
    this.api = api;
    this.readable = readable;
    this.namespace = namespace;
    this.pod = pod;
    this.clock = clock;
    if (pod.isEmpty()) {
      skipped = "not in a pod: POD_NAME is not set";
    }
  }

  /** Why Events are not written; empty when they are. */
  public String skipped() {
    return skipped;
  }

  /** Writes an Event, soon. */
  public void write(Type type, String reason, String message) {
    if (pod.isEmpty()) {
      return;
    }
    thread.execute(
        () -> {
          try {
            post(type, reason, message);
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          } catch (AgentException e) {
            skipped = e.getMessage();
            log.atWarn().addKeyValue("reason", e.getMessage()).log("Event cannot be written");
          }
        });
  }

  private void post(Type type, String reason, String message) throws InterruptedException {
    if (subject.isEmpty()) {
      subject = Optional.of(find());
    }
    var now = DateTimeFormatter.ISO_INSTANT.format(clock.instant().truncatedTo(ChronoUnit.SECONDS));
    var event = JsonNodeFactory.instance.objectNode();
    event.put("apiVersion", "v1").put("kind", "Event");
    event.putObject("metadata").put("generateName", "kodedeploy-").put("namespace", namespace);
    event.set("involvedObject", subject.get());
    event.put("type", type.text).put("reason", reason);
    event.put("message", message.substring(0, Math.min(MESSAGE_LENGTH, message.length())));
    event.put("firstTimestamp", now).put("lastTimestamp", now).put("count", 1);
    event.putObject("source").put("component", "kodedeploy-namespace-agent");
    api.post("/api/v1/namespaces/" + namespace + "/events", event).orThrow("write an Event");
    skipped = "";
  }

  /** The Deployment that owns the pod by a ReplicaSet; the pod itself when that cannot be read. */
  private ObjectNode find() throws InterruptedException {
    var name = pod.orElseThrow();
    var read = readable.get("/api/v1/namespaces/" + namespace + "/pods/" + name);
    if (!read.succeeded()) {
      return reference("v1", "Pod", name, "");
    }
    var own = read.body();
    var set = owner(own, "ReplicaSet");
    if (set.isPresent()) {
      var answer =
          readable.get("/apis/apps/v1/namespaces/" + namespace + "/replicasets/" + set.get());
      var deployment =
          answer.succeeded() ? owner(answer.body(), "Deployment") : Optional.<String>empty();
      if (deployment.isPresent()) {
        var found =
            readable.get(
                "/apis/apps/v1/namespaces/" + namespace + "/deployments/" + deployment.get());
        if (found.succeeded()) {
          return reference("apps/v1", "Deployment", found.body());
        }
      }
    }
    return reference("v1", "Pod", own);
  }

  private ObjectNode reference(String apiVersion, String kind, JsonNode object) {
    var metadata = object.path("metadata");
    return reference(
        apiVersion, kind, metadata.path("name").asString(""), metadata.path("uid").asString(""));
  }

  private ObjectNode reference(String apiVersion, String kind, String name, String uid) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("apiVersion", apiVersion)
        .put("kind", kind)
        .put("namespace", namespace)
        .put("name", name)
        .put("uid", uid);
  }

  private static Optional<String> owner(JsonNode object, String kind) {
    for (var owner : object.path("metadata").path("ownerReferences")) {
      if (owner.path("kind").asString("").equals(kind)) {
        return Optional.of(owner.path("name").asString(""));
      }
    }
    return Optional.empty();
  }

  /** Waits a little for Events that are on their way. */
  @Override
  public void close() {
    close(Duration.ofSeconds(5));
  }

  /** Waits so long at most. */
  void close(Duration limit) {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        thread.shutdownNow();
      }
    } catch (InterruptedException e) {
      thread.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
