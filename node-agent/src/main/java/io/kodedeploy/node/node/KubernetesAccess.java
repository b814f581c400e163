package io.kodedeploy.node.node;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Where the cluster is: a kubeconfig, or the service account of the pod. */
public sealed interface KubernetesAccess {
  /** By a kubeconfig file. */
  record Kubeconfig(Path file) implements KubernetesAccess {
    @Override
    public String toString() {
      return "kubeconfig " + file;
    }
  }

  /** By the pod's service account. */
  record InCluster() implements KubernetesAccess {
    @Override
    public String toString() {
      return "service account of the pod";
    }
  }

  /**
   * What the settings and the environment offer. A kubeconfig in somebody's home is never used.
   *
   * @param kubeconfig setting {@code kubernetes.kubeconfig}
   */
  static Optional<KubernetesAccess> find(
      Optional<Path> kubeconfig, Map<String, String> environment) {
    return kubeconfig
        .or(
            () ->
                Optional.ofNullable(environment.get("KUBECONFIG"))
                    .filter(f -> !f.isBlank())
                    .map(Path::of))
        .<KubernetesAccess>map(Kubeconfig::new)
        .or(
            () ->
                Optional.ofNullable(environment.get("KUBERNETES_SERVICE_HOST"))
                    .map(_ -> new InCluster()));
  }

  /** A client; nothing is sent yet. */
  default KubernetesClient connect() {
    Config config =
        switch (this) {
          case InCluster() -> Config.autoConfigure(null);
          case Kubeconfig(var file) -> {
            try {
              yield Config.fromKubeconfig(Files.readString(file));
            } catch (IOException | RuntimeException e) {
              throw new AgentException(
                  ErrorCode.CLUSTER_UNREACHABLE, "cannot use kubeconfig " + file + ": " + e, e);
            }
          }
        };
    config.setRequestTimeout(10_000);
    config.setConnectionTimeout(5_000);
    config.setRequestRetryBackoffLimit(2);
    return new KubernetesClientBuilder().withConfig(config).build();
  }
}
