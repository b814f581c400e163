package io.kodedeploy.simulator.kubernetes;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.kodedeploy.simulator.time.SimulatorClock;
import io.kodedeploy.simulator.world.KubernetesClusters;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** A cluster of two nodes with namespace {@code demo} and a client. */
final class TestCluster implements AutoCloseable {
  static final String FIRST_NODE = "127.0.90.1";
  static final String SECOND_NODE = "127.0.90.2";

  private final SimulatorClock clock = SimulatorClock.paced(1);
  private final KubernetesClusters.Cluster cluster =
      new InMemoryKubernetes(clock)
          .start("blue", List.of(node("node-1", FIRST_NODE), node("node-2", SECOND_NODE)));
  private final KubernetesClient client =
      new KubernetesClientBuilder().withConfig(Config.fromKubeconfig(cluster.kubeconfig())).build();
  private final HttpClient http = HttpClient.newHttpClient();

  TestCluster() {
    Namespace demo =
        new NamespaceBuilder().withNewMetadata().withName("demo").endMetadata().build();
    client.resource(demo).create();
  }

  static KubernetesClusters.Node node(String name, String address) {
    return new KubernetesClusters.Node(name, "i-" + name, address, "us-west-2a");
  }

  KubernetesClient client() {
    return client;
  }

  KubernetesClusters.Cluster cluster() {
    return cluster;
  }

  HttpResponse<String> get(String address, int port) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create("http://" + address + ":" + port + "/"))
            .timeout(Duration.ofSeconds(20))
            .build();
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  /** The status of an answer; 0 when nothing listens. */
  int status(String address, int port) throws InterruptedException {
    try {
      return get(address, port).statusCode();
    } catch (IOException e) {
      return 0;
    }
  }

  /** Looks again every 20 ms, for 30 s. */
  <T> T await(String what, Supplier<Optional<T>> probe) throws InterruptedException {
    return clock
        .poll(Duration.ofSeconds(30), Duration.ofMillis(20), probe)
        .orElseThrow(() -> new AssertionError("did not happen within 30 s: " + what));
  }

  void awaitTrue(String what, Probe probe) throws InterruptedException {
    await(
        what,
        () -> {
          try {
            return probe.holds() ? Optional.of(true) : Optional.empty();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
          }
        });
  }

  /** A condition that may ask over the network. */
  @FunctionalInterface
  interface Probe {
    boolean holds() throws InterruptedException;
  }

  @Override
  public void close() {
    client.close();
    cluster.close();
    clock.close();
  }
}
