package io.kodedeploy.namespace.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.kodedeploy.namespace.Await;
import io.kodedeploy.namespace.cluster.KubernetesApi;
import io.kodedeploy.namespace.cluster.KubernetesApi.Patch;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A node without containers: it takes pods when a test says so, says about them what a test says,
 * and serves the logs that a test writes. The scheduler gives it nothing.
 */
public final class PlayedKubelet {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String END = "\0end";
  private static final String CUT = "\0cut";

  private final KubernetesApi api;
  private final HttpsServer server;
  private final String node;
  private final Map<String, Printed> logs = new ConcurrentHashMap<>();

  /** Makes the node. */
  public PlayedKubelet(KubernetesApi api) throws IOException, InterruptedException {
    this.api = api;
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(BundleCertificate.make().context()));
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/containerLogs/", this::log);
    server.start();
    node = "played-" + server.getAddress().getPort();
    api.post(
            "/api/v1/nodes",
            JSON.readTree(
                "{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"%s\"},\"spec\":{\"unschedulable\":true}}"
                    .formatted(node)))
        .orThrow("create the node");
    api.patch(
            "/api/v1/nodes/" + node + "/status",
            Map.of(),
            Patch.MERGE,
            JSON.readTree(
                """
                {"status":{"addresses":[{"type":"InternalIP","address":"127.0.0.1"}],
                 "daemonEndpoints":{"kubeletEndpoint":{"Port":%d}}}}
                """
                    .formatted(server.getAddress().getPort())))
        .orThrow("describe the node");
  }

  /** From the first line on: {@code sinceTime} counts whole seconds, and all are of one. */
  private void log(HttpExchange exchange) throws IOException {
    var printed = log(exchange.getRequestURI().getPath().split("/", -1)[3]);
    exchange.sendResponseHeaders(200, 0);
    try (exchange;
        var body = exchange.getResponseBody()) {
      for (int next = 0; ; next++) {
        var line = printed.take(next);
        if (line.equals(END) || (line.equals(CUT) && printed.cut(next))) {
          return;
        }
        if (!line.equals(CUT)) {
          body.write("2026-01-01T00:00:00.%09dZ %s\n".formatted(next + 1, line).getBytes(UTF_8));
          body.flush();
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private Printed log(String pod) {
    return logs.computeIfAbsent(pod, _ -> new Printed());
  }

  /** What a container has printed. One lock around everything. */
  private static final class Printed {
    private final List<String> lines = new ArrayList<>();
    private final Set<Integer> cuts = new HashSet<>();

    synchronized void add(String line) {
      lines.add(line);
      notifyAll();
    }

    synchronized String take(int index) throws InterruptedException {
      while (lines.size() <= index) {
        wait();
      }
      return lines.get(index);
    }

    /** Whether the connection is cut here for the first time. */
    synchronized boolean cut(int index) {
      return cuts.add(index);
    }
  }

  /** The pod of a Job, once it is there. */
  JsonNode pod(String namespace, String job) throws InterruptedException {
    return labelled(namespace, "batch.kubernetes.io/job-name=" + job);
  }

  /** The first pod with these labels, once it is there. */
  public JsonNode labelled(String namespace, String labels) throws InterruptedException {
    var path = "/api/v1/namespaces/" + namespace + "/pods";
    var selector = Map.of("labelSelector", labels);
    Await.until(
        Duration.ofSeconds(20),
        () -> "no pod with " + labels,
        () -> !api.get(path, selector).body().path("items").isEmpty());
    return api.get(path, selector).body().path("items").path(0);
  }

  /** Takes a pod on. */
  public void bind(JsonNode pod) throws InterruptedException {
    api.post(
            path(pod) + "/binding",
            JSON.readTree(
                "{\"apiVersion\":\"v1\",\"kind\":\"Binding\",\"metadata\":{\"name\":\"%s\"},\"target\":{\"kind\":\"Node\",\"name\":\"%s\"}}"
                    .formatted(name(pod), node)))
        .orThrow("bind " + name(pod));
  }

  /** Does what the pod's first container does: fetches the bundle with the pod's Secret. */
  void fetch(JsonNode pod, String url, Path folder) throws IOException, InterruptedException {
    var secretName =
        pod.path("spec")
            .path("volumes")
            .valueStream()
            .filter(volume -> volume.has("secret"))
            .map(volume -> volume.path("secret").path("secretName").asString())
            .findFirst()
            .orElseThrow();
    var namespace = pod.path("metadata").path("namespace").asString();
    var data =
        api.get("/api/v1/namespaces/" + namespace + "/secrets/" + secretName)
            .orThrow("read the pod's Secret")
            .path("data");
    var secret = Files.createDirectories(folder.resolve("secret"));
    for (var entry : data.properties()) {
      Files.write(
          secret.resolve(entry.getKey()), Base64.getDecoder().decode(entry.getValue().asString()));
    }
    new BundleFetch(URI.create(url), secret, Files.createDirectories(folder.resolve("fetched")))
        .attempt();
  }

  /** The state of a pod, as JSON of its {@code status}. */
  public void status(JsonNode pod, String status) throws InterruptedException {
    api.patch(
            path(pod) + "/status",
            Map.of(),
            Patch.MERGE,
            JSON.readTree("{\"status\":" + status + "}"))
        .orThrow("write the status of " + name(pod));
  }

  void running(JsonNode pod) throws InterruptedException {
    status(
        pod,
        """
        {"phase":"Running",
         "initContainerStatuses":[{"name":"bundle","image":"a","imageID":"","ready":true,"restartCount":0,"state":{"terminated":{"exitCode":0}}}],
         "containerStatuses":[{"name":"run","image":"a","imageID":"","ready":true,"restartCount":0,"state":{"running":{}}}]}
        """);
  }

  void ended(JsonNode pod, int exitCode, String reason) throws InterruptedException {
    endLog(pod);
    status(
        pod,
        """
        {"phase":"%s","containerStatuses":[{"name":"run","image":"a","imageID":"","ready":false,"restartCount":0,
         "state":{"running":null,"terminated":{"exitCode":%d,"reason":"%s"}}}]}
        """
            .formatted(exitCode == 0 ? "Succeeded" : "Failed", exitCode, reason));
  }

  /** One line of the pod's command. */
  public void print(JsonNode pod, String line) {
    log(name(pod)).add(line);
  }

  /** Ends whatever reads the log now, as a restart of the API server does. */
  void cutLog(JsonNode pod) {
    print(pod, CUT);
  }

  /** The log has no more lines. */
  public void endLog(JsonNode pod) {
    print(pod, END);
  }

  private static String path(JsonNode pod) {
    return "/api/v1/namespaces/" + pod.at("/metadata/namespace").asString() + "/pods/" + name(pod);
  }

  private static String name(JsonNode pod) {
    return pod.at("/metadata/name").asString();
  }

  /** Removes the node; Kubernetes removes its pods. */
  public void remove() throws InterruptedException {
    api.delete("/api/v1/nodes/" + node, JSON.createObjectNode());
    server.stop(0);
  }
}
