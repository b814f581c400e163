package io.kodedeploy.namespace.cluster;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.store.DurableNotes;
import io.kodedeploy.namespace.cluster.KubernetesApi.Patch;
import io.kodedeploy.namespace.manifest.OwnObjects;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Notes that outlive the pod with its disk, in the ConfigMap {@code kodedeploy-commands}: one call
 * a note. While the API server is away a write is repeated for five minutes; a command waits so
 * long, and one that cannot be noted is not begun. Safe for many threads.
 */
public final class ConfigMapNotes implements DurableNotes {
  /** Waits between two attempts. */
  @FunctionalInterface
  public interface Sleep {
    /** Waits. */
    void sleep(Duration duration) throws InterruptedException;
  }

  private static final Logger log = LoggerFactory.getLogger(ConfigMapNotes.class);
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofSeconds(15);
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final KubernetesApi api;
  private final String collection;
  private final String path;
  private final Sleep sleep;

  /** The notes of a namespace. */
  public ConfigMapNotes(KubernetesApi api, String namespace, Sleep sleep) {
    this.api = api;
    this.collection = "/api/v1/namespaces/" + namespace + "/configmaps";
    this.path = collection + "/" + OwnObjects.COMMANDS;
    this.sleep = sleep;
  }

  @Override
  public Map<String, String> all() throws InterruptedException {
    var notes = new TreeMap<String, String>();
    var answer = api.get(path);
    if (!answer.absent()) {
      answer
          .orThrow("read ConfigMap " + OwnObjects.COMMANDS)
          .path("data")
          .properties()
          .forEach(entry -> notes.put(entry.getKey(), entry.getValue().asString("")));
    }
    return notes;
  }

  @Override
  public void put(String name, String text) throws InterruptedException {
    repeated(() -> write(name, text));
  }

  @Override
  public void remove(String name) throws InterruptedException {
    repeated(() -> write(name, null));
  }

  private void write(String name, @Nullable String text) throws InterruptedException {
    var change = JsonNodeFactory.instance.objectNode();
    change.putObject("data").put(name, text); // null removes the key
    var answer = api.patch(path, Map.of(), Patch.MERGE, change);
    if (!answer.absent()) {
      answer.orThrow("write ConfigMap " + OwnObjects.COMMANDS);
    } else if (text != null) {
      var created = api.post(collection, configMap(name, text));
      if (created.conflict()) {
        write(name, text); // another thread was first
      } else {
        created.orThrow("create ConfigMap " + OwnObjects.COMMANDS);
      }
    }
  }

  private static JsonNode configMap(String name, String text) {
    var map = JsonNodeFactory.instance.objectNode();
    map.put("apiVersion", "v1").put("kind", "ConfigMap");
    ObjectNode metadata = map.putObject("metadata").put("name", OwnObjects.COMMANDS);
    metadata.putObject("labels").put("app.kubernetes.io/managed-by", "kodedeploy");
    map.putObject("data").put(name, text);
    return map;
  }

  private interface Write {
    void run() throws InterruptedException;
  }

  private void repeated(Write write) throws InterruptedException {
    var waited = Duration.ZERO;
    for (var wait = FIRST; ; wait = shorter(wait.multipliedBy(2), LONGEST)) {
      try {
        write.run();
        return;
      } catch (AgentException e) {
        if (e.code() != ErrorCode.CLUSTER_UNREACHABLE || waited.compareTo(PATIENCE) >= 0) {
          throw e;
        }
        log.atWarn()
            .addKeyValue("code", e.code().id())
            .addKeyValue("reason", e.getMessage())
            .addKeyValue("waitMs", wait.toMillis())
            .log("a running command cannot be noted now");
      }
      sleep.sleep(wait);
      waited = waited.plus(wait);
    }
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
