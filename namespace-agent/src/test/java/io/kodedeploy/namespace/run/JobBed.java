package io.kodedeploy.namespace.run;

import io.kodedeploy.namespace.RealKubernetes;
import io.kodedeploy.namespace.cluster.KubernetesApi;
import io.kodedeploy.namespace.cluster.KubernetesConfig;
import io.kodedeploy.namespace.manifest.Protection;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A new namespace in which Jobs can run: the account they run as, and a node that is played. */
final class JobBed {
  final String namespace;
  final KubernetesApi api;
  final PlayedKubelet kubelet;
  private final int port;

  JobBed(RealKubernetes kubernetes) throws IOException, InterruptedException {
    namespace = kubernetes.newNamespace();
    kubernetes.kubectl("create", "serviceaccount", "kodedeploy-apply", "-n", namespace);
    api = new KubernetesApi(() -> new KubernetesConfig.Kubeconfig(kubernetes.kubeconfig()).read());
    kubelet = new PlayedKubelet(api);
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
  }

  RunSettings settings(Path... installPaths) {
    return new RunSettings(
        namespace,
        Optional.of("agent:1"),
        "Never",
        List.of(),
        "kodedeploy-apply",
        List.of(),
        "127.0.0.1",
        "127.0.0.1",
        port,
        List.of(installPaths),
        Protection.BUILT_IN);
  }

  /** Takes the node away. */
  void close() throws InterruptedException {
    kubelet.remove();
    api.close();
  }
}
