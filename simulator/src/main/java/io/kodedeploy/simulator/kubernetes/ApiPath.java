package io.kodedeploy.simulator.kubernetes;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a resource URL names.
 *
 * @param namespace empty for cluster-scoped objects and for all namespaces
 * @param name empty for the collection
 * @param subresource empty for the object itself
 */
record ApiPath(ResourceKind kind, String namespace, String name, String subresource) {

  /** Reads {@code /api/v1/...} or {@code /apis/GROUP/VERSION/...}; empty when no kind is meant. */
  static Optional<ApiPath> parse(String path) {
    var parts = new ArrayList<>(List.of(path.substring(1).split("/", -1)));
    if (parts.getFirst().equals("api") && parts.size() > 2) {
      return parse("", parts.get(1), parts.subList(2, parts.size()));
    }
    if (parts.getFirst().equals("apis") && parts.size() > 3) {
      return parse(parts.get(1), parts.get(2), parts.subList(3, parts.size()));
    }
    return Optional.empty();
  }

  private static Optional<ApiPath> parse(String group, String version, List<String> rest) {
    var inNamespace = rest.size() > 2 && rest.getFirst().equals("namespaces");
    if (inNamespace) {
      var kind = ResourceCatalog.find(group, version, rest.get(2)).filter(ResourceKind::namespaced);
      if (kind.isPresent()) {
        return Optional.of(new ApiPath(kind.get(), rest.get(1), part(rest, 3), part(rest, 4)));
      }
    }
    return ResourceCatalog.find(group, version, rest.getFirst())
        .map(kind -> new ApiPath(kind, "", part(rest, 1), part(rest, 2)));
  }

  private static String part(List<String> parts, int index) {
    return index < parts.size() ? parts.get(index) : "";
  }
}
