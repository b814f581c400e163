package io.kodedeploy.namespace.cluster;

import io.kodedeploy.namespace.manifest.ResourceType;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which kinds the API server serves. Asks once per apiVersion; one view is used for one apply, so
 * definitions that came later are seen the next time.
 */
public final class ApiDiscovery {
  private final KubernetesApi api;
  private final Map<String, Map<String, ResourceType>> versions = new HashMap<>();

  /** A view that knows nothing yet. */
  public ApiDiscovery(KubernetesApi api) {
    this.api = api;
  }

  /**
   * How a kind is served, or nothing.
   *
   * @throws io.kodedeploy.core.error.AgentException when the API server cannot be asked
   */
  public Optional<ResourceType> find(String apiVersion, String kind) throws InterruptedException {
    var kinds = versions.get(apiVersion);
    if (kinds == null) {
      kinds = read(apiVersion);
      versions.put(apiVersion, kinds);
    }
    return Optional.ofNullable(kinds.get(kind));
  }

  private Map<String, ResourceType> read(String apiVersion) throws InterruptedException {
    if (!apiVersion.matches("[a-z0-9.-]+(/[a-z0-9]+)?")) {
      return Map.of();
    }
    var slash = apiVersion.indexOf('/');
    var answer = api.get((slash < 0 ? "/api/" : "/apis/") + apiVersion);
    if (answer.absent()) {
      return Map.of();
    }
    var kinds = new HashMap<String, ResourceType>();
    for (var resource : answer.orThrow("list the kinds of " + apiVersion).path("resources")) {
      var plural = resource.path("name").asString("");
      var kind = resource.path("kind").asString("");
      if (!plural.isEmpty() && plural.indexOf('/') < 0) {
        kinds.put(
            kind,
            new ResourceType(
                slash < 0 ? "" : apiVersion.substring(0, slash),
                apiVersion.substring(slash + 1),
                kind,
                plural,
                resource.path("namespaced").asBoolean(false)));
      }
    }
    return kinds;
  }
}
