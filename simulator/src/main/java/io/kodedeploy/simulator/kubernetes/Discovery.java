package io.kodedeploy.simulator.kubernetes;

import static io.kodedeploy.simulator.kubernetes.ResourceKind.Trait.ALL;
import static io.kodedeploy.simulator.kubernetes.ResourceKind.Trait.SCALE;
import static io.kodedeploy.simulator.kubernetes.ResourceKind.Trait.STATUS;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The documents by which a client learns what the API serves. */
final class Discovery {
  private static final List<String> VERBS =
      List.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch");

  private Discovery() {}

  /** The document at a path; empty when it is not one of discovery. */
  static Optional<ObjectNode> at(String path) {
    var parts = path.replaceAll("/$", "").split("/", -1);
    if (path.startsWith("/openapi/v3/") && parts.length >= 5) {
      var group = parts[3].equals("api") ? "" : parts[4];
      return document(group, parts[parts.length - 1]);
    }
    return switch (path.replaceAll("/$", "")) {
      case "/version" -> Optional.of(version());
      case "/api" -> Optional.of(coreVersions());
      case "/apis" -> Optional.of(groups());
      case "/openapi/v3" -> Optional.of(documents());
      case "/api/v1" -> Optional.of(resources("", "v1"));
      default ->
          parts.length == 4 && parts[1].equals("apis") && served(parts[2], parts[3])
              ? Optional.of(resources(parts[2], parts[3]))
              : parts.length == 3 && parts[1].equals("apis")
                  ? ResourceCatalog.oneOfEachGroup().stream()
                      .filter(kind -> kind.group().equals(parts[2]))
                      .findFirst()
                      .map(kind -> group(kind).put("kind", "APIGroup").put("apiVersion", "v1"))
                  : Optional.empty();
    };
  }

  private static boolean served(String group, String version) {
    return ResourceCatalog.kinds().stream()
        .anyMatch(kind -> kind.group().equals(group) && kind.version().equals(version));
  }

  private static ObjectNode version() {
    var numbers = KubernetesApi.VERSION.substring(1).split("\\.", -1);
    return json()
        .put("major", numbers[0])
        .put("minor", numbers[1])
        .put("gitVersion", KubernetesApi.VERSION)
        .put("gitCommit", "simulator")
        .put("gitTreeState", "clean")
        .put("buildDate", "2026-01-01T00:00:00Z")
        .put("goVersion", "none")
        .put("compiler", "javac")
        .put("platform", "linux/amd64");
  }

  private static ObjectNode coreVersions() {
    var versions = json().put("kind", "APIVersions");
    versions.putArray("versions").add("v1");
    versions.putArray("serverAddressByClientCIDRs");
    return versions;
  }

  private static ObjectNode groups() {
    var list = json().put("kind", "APIGroupList").put("apiVersion", "v1");
    var groups = list.putArray("groups");
    ResourceCatalog.oneOfEachGroup().forEach(kind -> groups.add(group(kind)));
    return list;
  }

  private static ObjectNode group(ResourceKind kind) {
    var group = json().put("name", kind.group());
    group
        .putArray("versions")
        .addObject()
        .put("groupVersion", kind.apiVersion())
        .put("version", kind.version());
    group
        .putObject("preferredVersion")
        .put("groupVersion", kind.apiVersion())
        .put("version", kind.version());
    return group;
  }

  private static ObjectNode resources(String group, String version) {
    var list = json().put("kind", "APIResourceList").put("apiVersion", "v1");
    list.put("groupVersion", group.isEmpty() ? version : group + "/" + version);
    var resources = list.putArray("resources");
    for (var kind : ResourceCatalog.kinds()) {
      if (kind.group().equals(group) && kind.version().equals(version)) {
        resource(resources, kind);
      }
    }
    return list;
  }

  private static void resource(ArrayNode resources, ResourceKind kind) {
    var entry = resources.addObject().put("name", kind.plural());
    entry.put("singularName", kind.singular()).put("namespaced", kind.namespaced());
    entry.put("kind", kind.kind());
    VERBS.forEach(entry.putArray("verbs")::add);
    if (!kind.shortNames().isEmpty()) {
      kind.shortNames().forEach(entry.putArray("shortNames")::add);
    }
    if (kind.has(ALL)) {
      entry.putArray("categories").add("all");
    }
    if (kind.has(STATUS)) {
      subresource(resources, kind, "status", kind.kind());
    }
    if (kind.has(SCALE)) {
      subresource(resources, kind, "scale", "Scale")
          .put("group", "autoscaling")
          .put("version", "v1");
    }
    if (kind.equals(ResourceCatalog.POD)) {
      subresource(resources, kind, "log", "Pod");
      subresource(resources, kind, "eviction", "Eviction")
          .put("group", "policy")
          .put("version", "v1");
    }
  }

  private static ObjectNode subresource(
      ArrayNode resources, ResourceKind kind, String name, String type) {
    var entry = resources.addObject().put("name", kind.plural() + "/" + name);
    entry.put("singularName", "").put("namespaced", kind.namespaced()).put("kind", type);
    entry.putArray("verbs").add("get").add("patch").add("update");
    return entry;
  }

  private static ObjectNode documents() {
    var documents = json();
    var paths = documents.putObject("paths");
    for (var version :
        ResourceCatalog.kinds().stream().map(ResourceKind::apiVersion).distinct().toList()) {
      var path = (version.contains("/") ? "apis/" : "api/") + version;
      paths.putObject(path).put("serverRelativeURL", "/openapi/v3/" + path + "?hash=simulator");
    }
    return documents;
  }

  /**
   * The OpenAPI document of a group version, with no schemas: enough for kubectl to see that the
   * server takes {@code fieldValidation} and to leave validation to it.
   */
  private static Optional<ObjectNode> document(String group, String version) {
    if (!served(group, version)) {
      return Optional.empty();
    }
    var document = json().put("openapi", "3.0.0");
    document.putObject("info").put("title", "Kubernetes").put("version", KubernetesApi.VERSION);
    var paths = document.putObject("paths");
    for (var kind : ResourceCatalog.kinds()) {
      if (kind.group().equals(group) && kind.version().equals(version)) {
        var root = (group.isEmpty() ? "/api/" : "/apis/") + kind.apiVersion() + "/";
        var scope = kind.namespaced() ? "namespaces/{namespace}/" : "";
        var methods = paths.putObject(root + scope + kind.plural() + "/{name}");
        for (var method : new String[] {"patch", "put"}) {
          var operation = methods.putObject(method);
          var parameters = operation.putArray("parameters");
          for (var name : new String[] {"dryRun", "fieldManager", "fieldValidation", "force"}) {
            parameters
                .addObject()
                .put("name", name)
                .put("in", "query")
                .putObject("schema")
                .put("type", "string");
          }
          operation
              .putObject("x-kubernetes-group-version-kind")
              .put("group", group)
              .put("version", version)
              .put("kind", kind.kind());
        }
      }
    }
    document.putObject("components").putObject("schemas");
    return Optional.of(document);
  }

  private static ObjectNode json() {
    return JsonNodeFactory.instance.objectNode();
  }
}
