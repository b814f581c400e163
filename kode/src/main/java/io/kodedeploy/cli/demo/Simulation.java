package io.kodedeploy.cli.demo;

import io.kodedeploy.cli.process.Children;
import io.kodedeploy.cli.process.Program;
import io.kodedeploy.core.config.YamlDocument;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The simulator's process and its administration. */
final class Simulation {
  private static final String READY = "simulator: ready on ";

  private final Http http;
  private final String url;

  private Simulation(Http http, String url) {
    this.http = http;
    this.url = url;
  }

  static Simulation start(Path home, Children children, Http http, Path logs, int port)
      throws InterruptedException {
    Path log = logs.resolve("simulator.log");
    var process =
        children.start(
            Program.simulator(home).command(List.of("--port", Integer.toString(port))),
            Map.of(),
            log);
    Await.until(
        "the simulator's start",
        Await.PATIENCE,
        () -> {
          if (!process.isAlive()) {
            throw new DemoFailed("the simulator ended at once; see " + log);
          }
          return readyLine(log).isPresent();
        });
    return new Simulation(http, readyLine(log).orElseThrow().substring(READY.length()).strip());
  }

  private static Optional<String> readyLine(Path log) {
    try {
      String text = Files.readString(log);
      return text.lines()
          .filter(line -> line.startsWith(READY))
          .filter(line -> text.contains(line + System.lineSeparator()))
          .findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String url() {
    return url;
  }

  Cluster createCluster(String name, String environment, int nodes) throws InterruptedException {
    var body =
        Http.JSON
            .createObjectNode()
            .put("name", name)
            .put("environment", environment)
            .put("nodes", nodes)
            .toString();
    var made = http.post(url + "/_simulator/clusters", body, Optional.empty());
    var workers = new ArrayList<Cluster.Node>();
    made.required("nodes")
        .forEach(
            node ->
                workers.add(
                    new Cluster.Node(
                        node.required("name").asString(),
                        node.required("instanceId").asString(),
                        node.required("address").asString(),
                        node.required("metadataUrl").asString())));
    return new Cluster(
        name,
        made.required("autoScalingGroup").asString(),
        made.required("kubernetesUrl").asString(),
        made.required("kubeconfig").asString(),
        workers);
  }

  /** What an operator does by {@code kubectl create namespace}. */
  void createNamespace(Cluster cluster, String namespace) throws InterruptedException {
    var object = Http.JSON.createObjectNode().put("apiVersion", "v1").put("kind", "Namespace");
    object.putObject("metadata").put("name", namespace);
    http.post(
        cluster.kubernetesUrl() + "/api/v1/namespaces",
        object.toString(),
        Optional.of(token(cluster.kubeconfig())));
  }

  private static String token(String kubeconfig) {
    var users = YamlDocument.mapping(kubeconfig).orElse(Map.of()).get("users");
    if (users instanceof List<?> list
        && list.getFirst() instanceof Map<?, ?> entry
        && entry.get("user") instanceof Map<?, ?> user
        && user.get("token") instanceof String token) {
      return token;
    }
    throw new DemoFailed("the cluster's kubeconfig carries no token");
  }

  /**
   * What the load balancer itself counted.
   *
   * @param requests answered or not
   * @param failures of any cause
   */
  record Counted(long requests, long failures) {}

  Counted counted(String loadBalancer) throws InterruptedException {
    var answer =
        http.get(url + "/_simulator/load-balancers")
            .orElseThrow(() -> new DemoFailed("the simulator does not answer"));
    for (var balancer : Http.JSON.readTree(answer.body())) {
      if (balancer.required("name").asString().equals(loadBalancer)) {
        long failures = 0;
        for (var cause : balancer.required("failures")) {
          failures += cause.asLong();
        }
        return new Counted(balancer.required("requests").asLong(), failures);
      }
    }
    throw new DemoFailed("the simulator knows no load balancer " + loadBalancer);
  }
}
