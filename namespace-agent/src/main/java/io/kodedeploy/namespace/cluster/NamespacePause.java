package io.kodedeploy.namespace.cluster;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.util.Optional;

/**
 * Whether the namespace says of itself that nothing is deployed into it, or is about to be gone.
 * Safe for many threads.
 */
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
   * @throws AgentException {@code namespace-ending} when it is being deleted or not there; {@code
   *     cluster-denied}, {@code cluster-unreachable} when nobody can tell
   */
  public Optional<String> reason() throws InterruptedException {
    var answer = api.get("/api/v1/namespaces/" + namespace);
    if (answer.absent()) {
      throw new AgentException(
          ErrorCode.NAMESPACE_ENDING, "namespace " + namespace + " does not exist any more");
    }
    var metadata = answer.orThrow("read Namespace " + namespace).path("metadata");
    var deleted = metadata.path("deletionTimestamp").asString("");
    if (!deleted.isEmpty()) {
      throw new AgentException(
          ErrorCode.NAMESPACE_ENDING,
          "namespace " + namespace + " is being deleted, since " + deleted);
    }
    var value = metadata.path("annotations").path(ANNOTATION).asString("");
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
