package io.kodedeploy.namespace.cluster;

import io.kodedeploy.namespace.manifest.ResourceType;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which kinds the API server serves. Remembers for a minute what it is told; a kind that is missing
 * in that is asked for again, so definitions that came later are seen. Safe for many threads.
 */
public final class ApiDiscovery {
  private static final Duration REMEMBERED = Duration.ofMinutes(1);

  private record Version(Map<String, ResourceType> kinds, Instant read) {}

  private final KubernetesApi api;
  private final InstantSource clock;
  private final Map<String, Version> versions = new ConcurrentHashMap<>();

  /** A view that knows nothing yet. */
  public ApiDiscovery(KubernetesApi api, InstantSource clock) {
    this.api = api;
    this.clock = clock;
  }

  /**
   * How a kind is served, or nothing.
   *
   * @throws io.kodedeploy.core.error.AgentException when the API server cannot be asked
   */
  public Optional<ResourceType> find(String apiVersion, String kind) throws InterruptedException {
    var now = clock.instant();
    var version = versions.get(apiVersion);
    if (version == null
        || !version.kinds().containsKey(kind)
        || version.read().plus(REMEMBERED).isBefore(now)) {
      version = new Version(read(apiVersion), now);
      versions.put(apiVersion, version);
    }
    return Optional.ofNullable(version.kinds().get(kind));
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
