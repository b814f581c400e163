package io.kodedeploy.namespace;

import io.kodedeploy.namespace.cluster.KubernetesApi;
import io.kodedeploy.namespace.cluster.KubernetesConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A real control plane with the chart in it, for many namespaces; the agents' pods never start. */
final class NewCluster implements AutoCloseable {
  static final String RELEASE_NAMESPACE = "kodedeploy";
  private static final JsonMapper JSON = JsonMapper.shared();
  private final RealKubernetes kubernetes;
  private final boolean shared;
  private final KubernetesApi api;
  private final String address;
  private final Path authority;
  private final Map<String, JsonNode> settings = new HashMap<>();
  private JsonNode list = JSON.createObjectNode();

  private NewCluster(RealKubernetes kubernetes, boolean shared) throws IOException {
    this.kubernetes = kubernetes;
    this.shared = shared;
    api = new KubernetesApi(() -> new KubernetesConfig.Kubeconfig(kubernetes.kubeconfig()).read());
    var view =
        JSON.readTree(kubernetes.kubectl("config", "view", "--raw", "-o", "json"))
            .path("clusters")
            .path(0)
            .path("cluster");
    address = view.path("server").asString();
    authority = Path.of(view.path("certificate-authority").asString());
  }

  /**
   * Starts it.
   *
   * @param shared whether one agent shall serve all namespaces
   */
  static NewCluster start(List<String> namespaces, Path folder, boolean shared) throws IOException {
    var cluster = new NewCluster(RealKubernetes.start(), shared);
    try {
      cluster.install(namespaces, folder);
      return cluster;
    } catch (IOException | RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  private void install(List<String> namespaces, Path folder) throws IOException {
    var all = new StringBuilder();
    var values = new StringBuilder();
    for (var namespace : namespaces) {
      all.append("---\n{apiVersion: v1, kind: Namespace, metadata: {name: ")
          .append(namespace)
          .append("}}\n");
      values.append("    - name: ").append(namespace).append('\n');
    }
    kubernetes.apply("bench", all.toString());
    var file = folder.resolve("values.yaml");
    Files.writeString(
        file,
        """
        environment: bench
        cluster: %s
        bucket: %s
        nodeAgent: {enabled: false}
        namespaceAgent:
          mode: %s
          catchUp: {share: %s}
          namespaces:
        """
                .formatted(
                    Account.NEW,
                    Account.BUCKET,
                    shared ? "shared" : "perNamespace",
                    System.getProperty("share"))
            + values);
    // Else the first Services are refused: a control plane of minutes ago has done this long since.
    kubernetes.kubectl("wait", "servicecidr/kubernetes", "--for=condition=Ready", "--timeout=60s");
    var helm = new Helm(kubernetes.kubeconfig(), folder);
    helm.run(
        "install",
        "kodedeploy",
        Path.of("charts", "kodedeploy").toString(),
        "--namespace=" + RELEASE_NAMESPACE,
        "--create-namespace",
        "--values=" + file);
    var maps = kubernetes.kubectl("get", "configmap", "-A", "-o", "json");
    for (var map : JSON.readTree(maps).path("items")) {
      var metadata = map.path("metadata");
      switch (metadata.path("name").asString()) {
        case "kodedeploy-agent" ->
            settings.put(metadata.path("namespace").asString(), map.path("data"));
        case "kodedeploy-namespaces" -> list = map.path("data");
        default -> {} // of Kubernetes itself
      }
    }
  }

  boolean shared() {
    return shared;
  }

  /** What the list of a shared agent says of a namespace. */
  String listed(String namespace) {
    return list.path(namespace + ".yml").asString();
  }

  String setting(String namespace, String file) {
    return settings.get(namespace).path(file).asString();
  }

  /** What the kubelet gives a pod of the agent: the API server, its authority and a token. */
  Map<String, String> podEnvironment(String namespace, Path folder)
      throws IOException, InterruptedException {
    var answer =
        api.post(
            "/api/v1/namespaces/" + namespace + "/serviceaccounts/kodedeploy-agent/token",
            JSON.readTree(
                "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"TokenRequest\",\"spec\":{}}"));
    var token = folder.resolve("token");
    Files.writeString(token, answer.body().path("status").path("token").asString());
    var uri = URI.create(address);
    return Map.of(
        "KUBERNETES_SERVICE_HOST", uri.getHost(),
        "KUBERNETES_SERVICE_PORT", "" + uri.getPort(),
        "KUBERNETES_CERTS_CA_FILE", authority.toString(),
        "KUBERNETES_AUTH_SERVICEACCOUNT_TOKEN", token.toString());
  }

  /** Requests of agents that the API server answered since then, by verb and resource. */
  Map<String, Integer> requests(Instant since) throws IOException {
    var counts = new HashMap<String, Integer>();
    try (var lines = Files.lines(kubernetes.audit())) {
      lines
          .filter(line -> line.contains(":kodedeploy-"))
          .map(JSON::readTree)
          .filter(one -> one.path("user").path("username").asString("").contains(":kodedeploy-"))
          .filter(
              one -> Instant.parse(one.path("requestReceivedTimestamp").asString()).isAfter(since))
          .forEach(
              one ->
                  counts.merge(
                      one.path("verb").asString()
                          + " "
                          + one.path("objectRef").path("resource").asString("")
                          + " "
                          + one.path("responseStatus").path("code").asInt(),
                      1,
                      Integer::sum));
    }
    return counts;
  }

  /** Names of the objects that the applications brought, by namespace. */
  List<String> brought() {
    var found = new ArrayList<String>();
    var list =
        kubernetes.kubectl(
            "get",
            "serviceaccounts,configmaps,services,poddisruptionbudgets,deployments",
            "-A",
            "-l",
            "kodedeploy.io/application",
            "-o",
            "name");
    list.lines().filter(line -> !line.isBlank()).forEach(found::add);
    return found;
  }

  @Override
  public void close() {
    api.close();
    kubernetes.close();
  }
}
