package io.kodedeploy.simulator.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NodePortIT {
  private static final int PORT = 30790;

  private final TestCluster cluster = new TestCluster();

  @AfterEach
  void close() {
    cluster.close();
  }

  @Test
  void answersOnEveryNodeWithClusterNodePodAndVersion() throws Exception {
    deploy(2, "1", Map.of());

    var answer = cluster.get(TestCluster.SECOND_NODE, PORT);

    assertThat(answer.headers().firstValue("X-Cluster")).contains("blue");
    assertThat(answer.headers().firstValue("X-Version")).contains("1");
    assertThat(answer.body()).contains("\"cluster\":\"blue\"").contains("\"pod\":\"web-");
    assertThat(cluster.status(TestCluster.FIRST_NODE, PORT)).isEqualTo(200);
  }

  @Test
  void asksTheReadyPodsInTurn() throws Exception {
    deploy(2, "1", Map.of());

    var first = cluster.get(TestCluster.FIRST_NODE, PORT).body();
    var second = cluster.get(TestCluster.FIRST_NODE, PORT).body();
    var third = cluster.get(TestCluster.FIRST_NODE, PORT).body();

    assertThat(second).isNotEqualTo(first);
    assertThat(third).isEqualTo(first);
  }

  @Test
  void rollsANewVersionOutWithoutLosingARequest() throws Exception {
    deploy(2, "1", Map.of("STARTUP_DELAY_MS", "100"));
    var stop = new AtomicBoolean();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<Integer>>> load = new ArrayList<>();
      var started = new CountDownLatch(4);
      for (var address : List.of(TestCluster.FIRST_NODE, TestCluster.SECOND_NODE)) {
        for (int i = 0; i < 2; i++) {
          load.add(threads.submit(load(address, started, stop)));
        }
      }
      started.await();

      deploy(2, "2", Map.of("STARTUP_DELAY_MS", "100", "RESPONSE_DELAY_MS", "5"));
      cluster.awaitTrue("only the new version is left", () -> pods().size() == 2);

      stop.set(true);
      for (var client : load) {
        assertThat(client.get()).isNotEmpty().containsOnly(200);
      }
    }
    assertThat(cluster.get(TestCluster.FIRST_NODE, PORT).headers().firstValue("X-Version"))
        .contains("2");
  }

  private Callable<List<Integer>> load(String address, CountDownLatch started, AtomicBoolean stop) {
    return () -> {
      var seen = new ArrayList<Integer>();
      while (!stop.get()) {
        seen.add(cluster.status(address, PORT));
        started.countDown();
      }
      return seen;
    };
  }

  @Test
  void finishesRequestsThatAnEndingPodHasTaken() throws Exception {
    deploy(1, "1", Map.of("RESPONSE_DELAY_MS", "1000"));
    var lastSuccess = new AtomicLong();
    var warm = new CountDownLatch(4);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var clients = new ArrayList<Future<Integer>>();
      for (int i = 0; i < 4; i++) {
        clients.add(
            threads.submit(
                () -> {
                  var status = 200;
                  while (status == 200) {
                    status = cluster.status(TestCluster.FIRST_NODE, PORT);
                    if (status == 200) {
                      lastSuccess.accumulateAndGet(System.nanoTime(), Math::max);
                      warm.countDown();
                    }
                  }
                  return status;
                }));
      }
      warm.await();
      cluster.client().apps().deployments().inNamespace("demo").withName("web").scale(0);

      cluster.awaitTrue(
          "no pod takes requests", () -> cluster.status(TestCluster.SECOND_NODE, PORT) == 503);
      var noneReady = System.nanoTime();

      for (var client : clients) {
        assertThat(client.get()).isEqualTo(503);
      }
      assertThat(lastSuccess.get()).isGreaterThan(noneReady);
    }
    cluster.awaitTrue("the pod is gone", () -> pods().isEmpty());
  }

  @Test
  void answers503WithoutPodsAndClosesWithItsService() throws Exception {
    deploy(1, "1", Map.of());
    cluster.client().apps().deployments().inNamespace("demo").withName("web").delete();
    cluster.awaitTrue("503", () -> cluster.status(TestCluster.FIRST_NODE, PORT) == 503);

    cluster.client().services().inNamespace("demo").withName("web").delete();

    cluster.awaitTrue("closed", () -> cluster.status(TestCluster.FIRST_NODE, PORT) == 0);
    cluster.awaitTrue("closed", () -> cluster.status(TestCluster.SECOND_NODE, PORT) == 0);
  }

  @Test
  void opensAndClosesThePortWithTheNode() throws Exception {
    deploy(2, "1", Map.of());

    cluster.cluster().addNode(TestCluster.node("node-3", "127.0.90.3"));
    cluster.awaitTrue("open", () -> cluster.status("127.0.90.3", PORT) == 200);
    cluster.cluster().removeNode("node-3");

    cluster.awaitTrue("closed", () -> cluster.status("127.0.90.3", PORT) == 0);
    assertThat(cluster.status(TestCluster.FIRST_NODE, PORT)).isEqualTo(200);
  }

  @Test
  void keepsTheOldVersionWhenTheNewImageIsBroken() throws Exception {
    deploy(2, "1", Map.of());
    cluster.client().resource(Manifests.deployment(2, "broken", Map.of())).update();

    cluster.awaitTrue(
        "a pod waits for its image", () -> pods().stream().anyMatch(NodePortIT::stuck));

    var status =
        cluster.client().apps().deployments().inNamespace("demo").withName("web").get().getStatus();
    assertThat(status.getAvailableReplicas()).isEqualTo(2);
    assertThat(cluster.get(TestCluster.FIRST_NODE, PORT).headers().firstValue("X-Version"))
        .contains("1");
  }

  private static boolean stuck(Pod pod) {
    return pod.getStatus().getContainerStatuses().stream()
        .anyMatch(
            c ->
                c.getState().getWaiting() != null
                    && c.getState().getWaiting().getReason().equals("ImagePullBackOff"));
  }

  private List<Pod> pods() {
    return cluster.client().pods().inNamespace("demo").list().getItems();
  }

  /** Applies deployment and service, and waits until kstatus would call the deployment current. */
  private void deploy(int replicas, String tag, Map<String, String> variables) throws Exception {
    cluster
        .client()
        .resource(Manifests.deployment(replicas, tag, variables))
        .forceConflicts()
        .serverSideApply();
    cluster.client().resource(Manifests.service(PORT)).forceConflicts().serverSideApply();
    cluster.awaitTrue(
        "the deployment is available",
        () -> {
          var web = cluster.client().apps().deployments().inNamespace("demo").withName("web").get();
          var status = web.getStatus();
          return status != null
              && web.getMetadata().getGeneration().equals(status.getObservedGeneration())
              && Integer.valueOf(replicas).equals(status.getUpdatedReplicas())
              && Integer.valueOf(replicas).equals(status.getReplicas())
              && Integer.valueOf(replicas).equals(status.getAvailableReplicas());
        });
    cluster.awaitTrue("it answers", () -> cluster.status(TestCluster.FIRST_NODE, PORT) == 200);
    cluster.awaitTrue("it answers", () -> cluster.status(TestCluster.SECOND_NODE, PORT) == 200);
  }
}
