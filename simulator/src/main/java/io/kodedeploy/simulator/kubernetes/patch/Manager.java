package io.kodedeploy.simulator.kubernetes.patch;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Who wrote a field.
 *
 * @param name of the field manager
 * @param operation {@code Apply} or {@code Update}: the same name counts twice
 * @param apiVersion of the object when it was written
 * @param subresource empty for the object itself
 */
public record Manager(String name, String operation, String apiVersion, String subresource) {
  static final String APPLY = "Apply";
  static final String UPDATE = "Update";

  /** A manager that states its whole intent. */
  public static Manager applying(String name, String apiVersion, String subresource) {
    return new Manager(name, APPLY, apiVersion, subresource);
  }

  /** A manager that writes single fields. */
  public static Manager updating(String name, String apiVersion, String subresource) {
    return new Manager(name, UPDATE, apiVersion, subresource);
  }

  static Map.Entry<Manager, Managed> parse(JsonNode entry) {
    var manager =
        new Manager(
            entry.path("manager").asString(""),
            entry.path("operation").asString(""),
            entry.path("apiVersion").asString(""),
            entry.path("subresource").asString(""));
    var time = Optional.of(entry.path("time").asString("")).filter(t -> !t.isEmpty());
    return Map.entry(manager, new Managed(FieldSet.parse(entry.path("fieldsV1")), time));
  }

  ObjectNode toJson(Managed managed) {
    var json = JsonNodeFactory.instance.objectNode();
    json.put("apiVersion", apiVersion);
    json.put("fieldsType", "FieldsV1");
    json.set("fieldsV1", managed.fields().toJson());
    json.put("manager", name);
    json.put("operation", operation);
    if (!subresource.isEmpty()) {
      json.put("subresource", subresource);
    }
    managed.time().ifPresent(time -> json.put("time", time));
    return json;
  }

  /** As {@code printManager} of k8s.io/apimachinery words it in a conflict. */
  String spoken() {
    var text = "\"" + name + "\"";
    if (!subresource.isEmpty()) {
      text += " with subresource \"" + subresource + "\"";
    }
    return operation.equals(APPLY) ? text : text + " using " + apiVersion;
  }

  /** What a manager owns, and since when. */
  record Managed(FieldSet fields, Optional<String> time) {
    static Managed at(FieldSet fields, Instant now) {
      return new Managed(
          fields, Optional.of(now.truncatedTo(java.time.temporal.ChronoUnit.SECONDS).toString()));
    }
  }
}
