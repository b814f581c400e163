package io.kodedeploy.simulator.kubernetes.patch;

import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * What merging needs to know of a field: whether it is replaced as a whole, merged by member, or a
 * list whose items have keys. The table follows the {@code x-kubernetes-list-map-keys} and {@code
 * x-kubernetes-map-type} marks of the published OpenAPI documents of Kubernetes 1.34; what it does
 * not name is a granular map or an atomic list, which is their default too.
 *
 * @param shape how values of this field merge
 * @param keys for {@link Shape#KEYED_LIST} the fields that identify an item
 * @param context the table row that describes the members of the value, or of the list's items
 */
public record FieldSchema(Shape shape, List<String> keys, String context) {
  /** How values merge. */
  public enum Shape {
    /** Members merge one by one; lists, having no keys, are replaced. */
    GRANULAR,
    /** The value is replaced as a whole. */
    ATOMIC,
    /** A list of objects that are told apart by their keys. */
    KEYED_LIST,
    /** A list of distinct scalars. */
    SET
  }

  private static final String ANY = "any";
  private static final FieldSchema UNKNOWN = new FieldSchema(Shape.GRANULAR, List.of(), ANY);
  private static final FieldSchema WHOLE = new FieldSchema(Shape.ATOMIC, List.of(), ANY);
  private static final FieldSchema CONDITIONS = keyed(ANY, "type");
  private static final FieldSchema CONTAINERS = keyed("container", "name");
  private static final FieldSchema WORKLOAD = members("workload");

  private static final Map<String, Map<String, FieldSchema>> CONTEXTS =
      Map.ofEntries(
          Map.entry(
              "metadata",
              Map.of(
                  "finalizers",
                  new FieldSchema(Shape.SET, List.of(), ANY),
                  "ownerReferences",
                  keyed(ANY, "uid"),
                  "managedFields",
                  WHOLE)),
          Map.entry("status", Map.of("conditions", CONDITIONS, "podIPs", keyed(ANY, "ip"))),
          Map.entry(
              "nodeStatus", Map.of("conditions", CONDITIONS, "addresses", keyed(ANY, "type"))),
          Map.entry("workload", Map.of("selector", WHOLE, "template", members("podTemplate"))),
          Map.entry(
              "podTemplate", Map.of("metadata", members("metadata"), "spec", members("podSpec"))),
          Map.entry("cronJobSpec", Map.of("jobTemplate", members("jobTemplate"))),
          Map.entry("jobTemplate", Map.of("metadata", members("metadata"), "spec", WORKLOAD)),
          Map.entry(
              "podSpec",
              Map.of(
                  "containers", CONTAINERS,
                  "initContainers", CONTAINERS,
                  "ephemeralContainers", CONTAINERS,
                  "volumes", keyed(ANY, "name"),
                  "imagePullSecrets", keyed(ANY, "name"),
                  "hostAliases", keyed(ANY, "ip"),
                  "schedulingGates", keyed(ANY, "name"),
                  "resourceClaims", keyed(ANY, "name"),
                  "nodeSelector", WHOLE,
                  "topologySpreadConstraints", keyed(ANY, "topologyKey", "whenUnsatisfiable"))),
          Map.entry(
              "container",
              Map.of(
                  "env", keyed("environmentVariable", "name"),
                  "ports", keyed(ANY, "containerPort", "protocol"),
                  "volumeMounts", keyed(ANY, "mountPath"),
                  "volumeDevices", keyed(ANY, "devicePath"),
                  "resources", members("resources"))),
          Map.entry("resources", Map.of("claims", keyed(ANY, "name"))),
          Map.entry("environmentVariable", Map.of("valueFrom", members("valueSource"))),
          Map.entry(
              "valueSource",
              Map.of(
                  "fieldRef", WHOLE,
                  "resourceFieldRef", WHOLE,
                  "configMapKeyRef", WHOLE,
                  "secretKeyRef", WHOLE)),
          Map.entry(
              "serviceSpec", Map.of("ports", keyed(ANY, "port", "protocol"), "selector", WHOLE)),
          Map.entry(
              "selectingSpec",
              Map.of("selector", WHOLE, "podSelector", WHOLE, "dataSource", WHOLE)));

  private static final Map<String, Map<String, FieldSchema>> KINDS =
      Map.ofEntries(
          Map.entry("Deployment", Map.of("spec", WORKLOAD)),
          Map.entry("ReplicaSet", Map.of("spec", WORKLOAD)),
          Map.entry("StatefulSet", Map.of("spec", WORKLOAD)),
          Map.entry("DaemonSet", Map.of("spec", WORKLOAD)),
          Map.entry("ReplicationController", Map.of("spec", WORKLOAD)),
          Map.entry("Job", Map.of("spec", WORKLOAD)),
          Map.entry("CronJob", Map.of("spec", members("cronJobSpec"))),
          Map.entry("PodTemplate", Map.of("template", members("podTemplate"))),
          Map.entry("Pod", Map.of("spec", members("podSpec"))),
          Map.entry("Service", Map.of("spec", members("serviceSpec"))),
          Map.entry("ServiceAccount", Map.of("secrets", keyed(ANY, "name"))),
          Map.entry("Node", Map.of("status", members("nodeStatus"))),
          Map.entry("PodDisruptionBudget", Map.of("spec", members("selectingSpec"))),
          Map.entry("NetworkPolicy", Map.of("spec", members("selectingSpec"))),
          Map.entry("PersistentVolumeClaim", Map.of("spec", members("selectingSpec"))));

  /** The whole object of a kind. */
  public static FieldSchema ofKind(String kind) {
    return new FieldSchema(Shape.GRANULAR, List.of(), "kind:" + kind);
  }

  /** What is known of a member of this value, or of this list's items. */
  public FieldSchema member(String name) {
    if (!context.startsWith("kind:")) {
      return CONTEXTS.getOrDefault(context, Map.of()).getOrDefault(name, UNKNOWN);
    }
    var known = KINDS.getOrDefault(context.substring(5), Map.of()).get(name);
    if (known != null) {
      return known;
    }
    return switch (name) {
      case "metadata" -> members("metadata");
      case "status" -> members("status");
      default -> UNKNOWN;
    };
  }

  /** The schema of one item of a keyed list. */
  FieldSchema item() {
    return new FieldSchema(Shape.GRANULAR, List.of(), context);
  }

  /** True when the two values of this field merge member by member. */
  boolean mergesMembers(JsonNode value) {
    return shape == Shape.GRANULAR && value.isObject();
  }

  /** True when the value is a list whose items have an identity. */
  boolean mergesItems(JsonNode value) {
    return value.isArray() && (shape == Shape.KEYED_LIST || shape == Shape.SET);
  }

  /** The name of a list item in a field set: {@code k:{...}} or {@code v:...}. */
  String elementOf(JsonNode item) {
    if (shape == Shape.SET || !item.isObject()) {
      return "v:" + item;
    }
    var key = ((ObjectNode) item).objectNode();
    keys.stream()
        .sorted()
        .forEach(
            name -> {
              if (item.has(name)) {
                key.set(name, item.get(name));
              } else if (name.equals("protocol")) {
                key.set(name, StringNode.valueOf("TCP")); // the default of the key in the OpenAPI
              }
            });
    return "k:" + key;
  }

  private static FieldSchema members(String context) {
    return new FieldSchema(Shape.GRANULAR, List.of(), context);
  }

  private static FieldSchema keyed(String context, String... keys) {
    return new FieldSchema(Shape.KEYED_LIST, List.of(keys), context);
  }
}
