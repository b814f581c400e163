package io.kodedeploy.simulator.kubernetes;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Objects as rows of {@code kubectl get}. */
final class TableView {
  private record Column(String name, Function<JsonNode, JsonNode> value) {}

  private final Instant now;

  TableView(Instant now) {
    this.now = now;
  }

  ObjectNode of(ResourceKind kind, List<ObjectNode> objects, String revision) {
    var table = JsonNodeFactory.instance.objectNode();
    table.put("kind", "Table").put("apiVersion", "meta.k8s.io/v1");
    table.putObject("metadata").put("resourceVersion", revision);
    var columns = columns(kind);
    var definitions = table.putArray("columnDefinitions");
    for (var column : columns) {
      definitions
          .addObject()
          .put("name", column.name)
          .put("type", "string")
          .put("format", column.name.equals("Name") ? "name" : "")
          .put("description", "")
          .put("priority", 0);
    }
    var rows = table.putArray("rows");
    for (var object : objects) {
      var row = rows.addObject();
      var cells = row.putArray("cells");
      columns.forEach(column -> cells.add(column.value.apply(object)));
      var partial = row.putObject("object");
      partial.put("kind", "PartialObjectMetadata").put("apiVersion", "meta.k8s.io/v1");
      partial.set("metadata", object.path("metadata"));
    }
    return table;
  }

  private List<Column> columns(ResourceKind kind) {
    var name = column("Name", ObjectTree::name);
    var age = column("Age", this::age);
    return switch (kind.kind()) {
      case "Pod" ->
          List.of(
              name,
              column("Ready", TableView::readyContainers),
              column("Status", TableView::podState),
              column("Restarts", _ -> "0"),
              age,
              column("Node", pod -> ObjectTree.text(pod, "spec", "nodeName")));
      case "Deployment" ->
          List.of(
              name,
              column(
                  "Ready",
                  d -> count(d, "status", "readyReplicas") + "/" + count(d, "spec", "replicas")),
              column("Up-to-date", d -> count(d, "status", "updatedReplicas")),
              column("Available", d -> count(d, "status", "availableReplicas")),
              age);
      case "ReplicaSet" ->
          List.of(
              name,
              column("Desired", d -> count(d, "spec", "replicas")),
              column("Current", d -> count(d, "status", "replicas")),
              column("Ready", d -> count(d, "status", "readyReplicas")),
              age);
      case "Service" ->
          List.of(
              name,
              column("Type", s -> ObjectTree.text(s, "spec", "type")),
              column("Cluster-IP", s -> ObjectTree.text(s, "spec", "clusterIP")),
              column("External-IP", _ -> "<none>"),
              column("Port(s)", TableView::ports),
              age);
      case "Node" ->
          List.of(
              name,
              column("Status", TableView::nodeState),
              column("Roles", _ -> "<none>"),
              age,
              column("Version", _ -> KubernetesApi.VERSION),
              column("Internal-IP", NodeObjects::address));
      case "Namespace" ->
          List.of(name, column("Status", n -> ObjectTree.text(n, "status", "phase")), age);
      case "ConfigMap" ->
          List.of(name, column("Data", c -> Integer.toString(c.path("data").size())), age);
      default -> List.of(name, age);
    };
  }

  private static Column column(String name, Function<JsonNode, String> text) {
    return new Column(name, object -> JsonNodeFactory.instance.stringNode(text.apply(object)));
  }

  private static String count(JsonNode object, String... path) {
    return Integer.toString(ObjectTree.number(object, 0, path));
  }

  private static String readyContainers(JsonNode pod) {
    var ready =
        ObjectTree.at(pod, "status", "containerStatuses")
            .valueStream()
            .filter(status -> status.path("ready").asBoolean(false))
            .count();
    return ready + "/" + ObjectTree.at(pod, "spec", "containers").size();
  }

  private static String podState(JsonNode pod) {
    if (ObjectTree.deleting(pod)) {
      return "Terminating";
    }
    var waiting =
        ObjectTree.text(
            ObjectTree.at(pod, "status", "containerStatuses").path(0),
            "state",
            "waiting",
            "reason");
    return waiting.isEmpty() ? ObjectTree.text(pod, "status", "phase") : waiting;
  }

  private static String nodeState(JsonNode node) {
    var cordoned = ObjectTree.at(node, "spec", "unschedulable").asBoolean(false);
    return "Ready" + (cordoned ? ",SchedulingDisabled" : "");
  }

  private static String ports(JsonNode service) {
    return String.join(
        ",",
        ObjectTree.at(service, "spec", "ports")
            .valueStream()
            .map(
                port ->
                    count(port, "port")
                        + (port.has("nodePort") ? ":" + count(port, "nodePort") : "")
                        + "/"
                        + ObjectTree.text(port, "protocol"))
            .toList());
  }

  private String age(JsonNode object) {
    var created = ObjectTree.text(object, "metadata", "creationTimestamp");
    if (created.isEmpty()) {
      return "<unknown>";
    }
    var age = Duration.between(Instant.parse(created), now);
    return age.toSeconds() < 120
        ? Math.max(0, age.toSeconds()) + "s"
        : age.toMinutes() < 120 ? age.toMinutes() + "m" : age.toHours() + "h";
  }
}
