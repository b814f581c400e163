package io.kodedeploy.namespace.manifest;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The kinds that a bundle's own definitions bring, before the cluster serves them. */
public final class DefinedKinds {
  private final Map<String, ResourceType> types = new HashMap<>();

  private DefinedKinds() {}

  /** Reads the definitions among these objects. */
  public static DefinedKinds in(List<ManifestObject> objects) {
    var kinds = new DefinedKinds();
    for (var object : objects) {
      if (object.key().isDefinition()) {
        var spec = object.json().path("spec");
        var group = spec.path("group").asString("");
        var kind = spec.path("names").path("kind").asString("");
        for (var version : spec.path("versions")) {
          if (version.path("served").asBoolean(false)) {
            var name = version.path("name").asString("");
            kinds.types.put(
                group + "/" + name + " " + kind,
                new ResourceType(
                    group,
                    name,
                    kind,
                    spec.path("names").path("plural").asString(""),
                    spec.path("scope").asString("").equals("Namespaced")));
          }
        }
      }
    }
    return kinds;
  }

  /** How a kind will be served. */
  public Optional<ResourceType> find(String apiVersion, String kind) {
    return Optional.ofNullable(types.get(apiVersion + " " + kind));
  }
}
