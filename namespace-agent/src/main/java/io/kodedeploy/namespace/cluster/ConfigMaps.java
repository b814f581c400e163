package io.kodedeploy.namespace.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** The agent's own records: ConfigMaps of its namespace, changed only as they were read. */
public final class ConfigMaps {
  /**
   * A ConfigMap as it was read.
   *
   * @param version what the next write must find unchanged
   */
  public record Stored(String name, String version, Map<String, String> data) {}

  private final KubernetesApi api;
  private final String path;

  /** The ConfigMaps of a namespace. */
  public ConfigMaps(KubernetesApi api, String namespace) {
    this.api = api;
    this.path = "/api/v1/namespaces/" + namespace + "/configmaps";
  }

  /** One ConfigMap, if it exists. */
  public Optional<Stored> read(String name) throws InterruptedException {
    var answer = api.get(path + "/" + name);
    return answer.absent()
        ? Optional.empty()
        : Optional.of(stored(answer.orThrow("read ConfigMap " + name)));
  }

  /** Every ConfigMap with a label of value {@code true}. */
  public List<Stored> withLabel(String label) throws InterruptedException {
    var list = api.get(path, Map.of("labelSelector", label + "=true")).orThrow("list ConfigMaps");
    var found = new ArrayList<Stored>();
    for (var item : list.path("items")) {
      found.add(stored(item));
    }
    return found;
  }

  /**
   * Creates or replaces a ConfigMap.
   *
   * @param before what was read, nothing when there was none
   * @return what is stored now, or nothing when somebody else wrote since it was read
   */
  public Optional<Stored> write(
      String name, Optional<Stored> before, Map<String, String> labels, Map<String, String> data)
      throws InterruptedException {
    var map = JsonNodeFactory.instance.objectNode();
    map.put("apiVersion", "v1").put("kind", "ConfigMap");
    var metadata = map.putObject("metadata");
    metadata.put("name", name);
    before.ifPresent(stored -> metadata.put("resourceVersion", stored.version()));
    var labelNode = metadata.putObject("labels");
    labels.forEach(labelNode::put);
    var dataNode = map.putObject("data");
    new TreeMap<>(data).forEach(dataNode::put);
    var answer = before.isPresent() ? api.put(path + "/" + name, map) : api.post(path, map);
    if (answer.conflict() || (before.isPresent() && answer.absent())) {
      return Optional.empty();
    }
    return Optional.of(stored(answer.orThrow("write ConfigMap " + name)));
  }

  private static Stored stored(JsonNode map) {
    var data = new TreeMap<String, String>();
    map.path("data")
        .properties()
        .forEach(entry -> data.put(entry.getKey(), entry.getValue().asString("")));
    var metadata = map.path("metadata");
    return new Stored(
        metadata.path("name").asString(""), metadata.path("resourceVersion").asString(""), data);
  }
}
