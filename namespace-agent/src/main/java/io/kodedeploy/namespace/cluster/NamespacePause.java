package io.kodedeploy.namespace.cluster;

import java.util.Optional;

/** Whether the namespace says of itself that nothing is deployed into it. Safe for many threads. */
public final class NamespacePause {
  /** Any value but {@code false} and nothing pauses; the value is told as the reason. */
  public static final String ANNOTATION = "kodedeploy.io/pause";

  private final KubernetesApi api;
  private final String namespace;

  /**
   * The pause of one namespace.
   *
   * @param api with the right to get the namespace
   */
  public NamespacePause(KubernetesApi api, String namespace) {
    this.api = api;
    this.namespace = namespace;
  }

  /**
   * Why the namespace is paused, empty when it is not.
   *
   * @throws io.kodedeploy.core.error.AgentException {@code cluster-denied}, {@code
   *     cluster-unreachable} when nobody can tell
   */
  public Optional<String> reason() throws InterruptedException {
    String value =
        api.get("/api/v1/namespaces/" + namespace)
            .orThrow("read Namespace " + namespace)
            .path("metadata")
            .path("annotations")
            .path(ANNOTATION)
            .asString("");
    return value.isBlank() || value.equals("false")
        ? Optional.empty()
        : Optional.of(
            "namespace "
                + namespace
                + " carries the annotation "
                + ANNOTATION
                + (value.equals("true") ? "" : ": " + value));
  }
}
