package io.kodedeploy.simulator.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ServerSideApplyIT {
  private final TestCluster cluster = new TestCluster();

  @AfterEach
  void close() {
    cluster.close();
  }

  @Test
  void answersAConflictLikeTheRealApiServer() {
    apply("first", false, Map.of("colour", "blue"));

    assertThatThrownBy(() -> apply("second", false, Map.of("colour", "red")))
        .isInstanceOfSatisfying(
            KubernetesClientException.class,
            e -> {
              assertThat(e.getCode()).isEqualTo(409);
              assertThat(e.getStatus().getReason()).isEqualTo("Conflict");
              var cause = e.getStatus().getDetails().getCauses().getFirst();
              assertThat(cause.getReason()).isEqualTo("FieldManagerConflict");
              assertThat(cause.getMessage()).isEqualTo("conflict with \"first\"");
              assertThat(cause.getField()).isEqualTo(".data.colour");
            });
    assertThat(apply("second", true, Map.of("colour", "red")).getData())
        .isEqualTo(Map.of("colour", "red"));
  }

  @Test
  void writesNothingWhenNothingChanges() {
    var once = apply("first", false, Map.of("colour", "blue"));

    var twice = apply("first", false, Map.of("colour", "blue"));

    assertThat(twice.getMetadata().getResourceVersion())
        .isEqualTo(once.getMetadata().getResourceVersion());
  }

  @Test
  void storesNothingInADryRun() {
    var context =
        new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager("first")
            .withDryRun(List.of("All"))
            .build();

    var result = cluster.client().resource(map(Map.of("colour", "blue"))).patch(context);

    assertThat(result.getData()).isEqualTo(Map.of("colour", "blue"));
    assertThat(cluster.client().configMaps().inNamespace("demo").withName("m").get()).isNull();
  }

  @Test
  void refusesAnObjectInANamespaceThatDoesNotExist() {
    var elsewhere =
        new ConfigMapBuilder(map(Map.of())).editMetadata().withNamespace("no").endMetadata();

    assertThatThrownBy(() -> cluster.client().resource(elsewhere.build()).create())
        .isInstanceOfSatisfying(
            KubernetesClientException.class,
            e -> {
              assertThat(e.getCode()).isEqualTo(404);
              assertThat(e.getStatus().getMessage()).isEqualTo("namespaces \"no\" not found");
            });
  }

  @Test
  void refusesAnUpdateOfAnOldVersion() {
    var old = apply("first", false, Map.of("colour", "blue"));
    apply("first", false, Map.of("colour", "red"));
    var stale = new ConfigMapBuilder(old).withData(Map.of("colour", "green")).build();

    assertThatThrownBy(() -> cluster.client().resource(stale).update())
        .isInstanceOfSatisfying(
            KubernetesClientException.class,
            e -> assertThat(e.getStatus().getReason()).isEqualTo("Conflict"));
  }

  @Test
  void tellsAWatcherEveryChangeInOrder() throws Exception {
    BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    var maps = cluster.client().configMaps().inNamespace("demo");
    try (var _ =
        maps.withLabel("watched", "yes")
            .watch(
                new Watcher<ConfigMap>() {
                  @Override
                  public void eventReceived(Action action, ConfigMap map) {
                    seen.add(action + " " + map.getMetadata().getName());
                  }

                  @Override
                  public void onClose(WatcherException cause) {
                    seen.add("closed " + cause);
                  }
                })) {
      cluster.client().resource(labelled("a", "yes")).create();
      cluster.client().resource(labelled("b", "no")).create();
      cluster.client().resource(labelled("a", "no")).update();
      cluster.client().resource(labelled("c", "yes")).create();
      maps.withName("c").delete();

      assertThat(List.of(next(seen), next(seen), next(seen), next(seen)))
          .containsExactly("ADDED a", "DELETED a", "ADDED c", "DELETED c");
    }
  }

  @Test
  void deletesWhatADeletedObjectOwns() throws Exception {
    var owner = apply("first", false, Map.of());
    var owned =
        new ConfigMapBuilder()
            .withNewMetadata()
            .withName("owned")
            .withNamespace("demo")
            .addNewOwnerReference()
            .withApiVersion("v1")
            .withKind("ConfigMap")
            .withName("m")
            .withUid(owner.getMetadata().getUid())
            .endOwnerReference()
            .endMetadata()
            .build();
    cluster.client().resource(owned).create();

    cluster.client().resource(owner).delete();

    cluster.awaitTrue(
        "the owned object is gone",
        () -> cluster.client().configMaps().inNamespace("demo").withName("owned").get() == null);
  }

  @Test
  void emptiesANamespaceThatIsDeleted() throws Exception {
    apply("first", false, Map.of());

    cluster.client().namespaces().withName("demo").delete();

    cluster.awaitTrue(
        "the namespace is gone",
        () -> cluster.client().namespaces().withName("demo").get() == null);
    assertThat(cluster.client().configMaps().inNamespace("demo").list().getItems()).isEmpty();
  }

  private static String next(BlockingQueue<String> seen) throws InterruptedException {
    return String.valueOf(seen.poll(20, TimeUnit.SECONDS));
  }

  private ConfigMap apply(String manager, boolean force, Map<String, String> data) {
    var context =
        new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager(manager)
            .withForce(force)
            .build();
    return cluster.client().resource(map(data)).patch(context);
  }

  private static ConfigMap map(Map<String, String> data) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName("m")
        .withNamespace("demo")
        .endMetadata()
        .withData(data)
        .build();
  }

  private static ConfigMap labelled(String name, String watched) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace("demo")
        .addToLabels("watched", watched)
        .endMetadata()
        .build();
  }
}
