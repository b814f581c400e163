package io.kodedeploy.namespace.cluster;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where the API server's address and the account's credentials come from. */
public sealed interface KubernetesConfig {
  /** The pod's own service account. */
  record InCluster() implements KubernetesConfig {}

  /** A kubeconfig file and its current context. */
  record Kubeconfig(Path file) implements KubernetesConfig {}

  /**
   * Chooses: the setting, else the pod's service account, else {@code KUBECONFIG}.
   *
   * @param setting {@code kubernetes.kubeconfig}
   * @param serviceHost {@code KUBERNETES_SERVICE_HOST} of the environment
   * @param variable {@code KUBECONFIG} of the environment
   */
  static Optional<KubernetesConfig> choose(
      Optional<String> setting, Optional<String> serviceHost, Optional<String> variable) {
    return setting
        .<KubernetesConfig>map(file -> new Kubeconfig(Path.of(file)))
        .or(() -> serviceHost.filter(host -> !host.isBlank()).map(_ -> new InCluster()))
        .or(
            () ->
                variable
                    .filter(file -> !file.isBlank())
                    .map(file -> new Kubeconfig(Path.of(file))));
  }

  /** Reads it; at the first call to the API server. */
  default Config read() {
    var config =
        switch (this) {
          case InCluster() -> new ConfigBuilder().withAutoConfigure().build();
          case Kubeconfig(var file) -> {
            if (!Files.isReadable(file)) {
              throw new AgentException(
                  ErrorCode.CLUSTER_UNREACHABLE, "kubeconfig " + file + " cannot be read");
            }
            try {
              Files.size(file);
              yield Config.fromKubeconfig(file.toFile());
            } catch (IOException | RuntimeException e) {
              throw new AgentException(
                  ErrorCode.CLUSTER_UNREACHABLE,
                  "kubeconfig " + file + " is not valid: " + e.getClass().getSimpleName(),
                  e);
            }
          }
        };
    config.setRequestRetryBackoffLimit(0); // PutOff sees to that
    return config;
  }

  /** The same API server without any account: each call brings its own token. */
  default Config readAnonymous() {
    var config = read();
    // A provider, though of nothing: without one a refused call is sent again as the pod's account.
    config.setOauthTokenProvider(() -> "");
    config.setOauthToken(null);
    config.setAutoOAuthToken(null);
    config.setUsername(null);
    config.setPassword(null);
    config.setAuthProvider(null);
    config.setClientCertData(null);
    config.setClientCertFile(null);
    config.setClientKeyData(null);
    config.setClientKeyFile(null);
    return config;
  }
}
