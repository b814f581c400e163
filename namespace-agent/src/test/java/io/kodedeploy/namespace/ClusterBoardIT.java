package io.kodedeploy.namespace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.namespace.cluster.ClusterBoard;
import io.kodedeploy.namespace.cluster.KubernetesApi;
import io.kodedeploy.namespace.cluster.KubernetesConfig;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The board of a cluster with the rights that the chart gives, on a real Kubernetes. */
@ExtendWith(RealKubernetes.Extension.class)
class ClusterBoardIT {
  @TempDir Path folder;

  @Test
  void anAgentReadsTheWavesWritesItsReportAndTheListAndNothingElse(RealKubernetes kubernetes)
      throws Exception {
    var shop = kubernetes.newNamespace();
    var addons = kubernetes.newNamespace();
    try (var chart = new InstalledChart(kubernetes, folder, shop)) {
      var values =
          """
          namespaceAgent:
            catchUp: {share: true}
            namespaces:
              - {name: %s, accept: {sources: ["s3://bundles"]}}
              - {name: %s, wave: 0, accept: {sources: ["s3://bundles"]}}
          """
              .formatted(shop, addons);
      chart.install(Helm.chart(), values);
      try (var api =
          new KubernetesApi(
              () ->
                  new KubernetesConfig.Kubeconfig(
                          kubernetes.kubeconfigOf(addons, "kodedeploy-agent"))
                      .read())) {
        var board = new ClusterBoard(api, shop, addons, Clock.systemUTC());

        assertThat(board.waves()).isEqualTo(Map.of(shop, 10, addons, 0));
        board.report(addons, "parity now");
        assertThat(board.takeTurn(Duration.ofMinutes(1))).isTrue();
        board.publish(Map.of("at", "now", "groups", "none"));
        board.endTurn();

        assertThat(board.reports()).isEqualTo(Map.of(addons, "parity now"));
        chart.install(Helm.chart(), values);
        assertThat(board.groups()).as("an upgrade keeps it").containsEntry("groups", "none");
        var waves = "/api/v1/namespaces/" + shop + "/configmaps/kodedeploy-waves";
        var patch = tools.jackson.databind.json.JsonMapper.shared().createObjectNode();
        patch.putObject("data").put(addons, "99");
        assertThat(api.patch(waves, Map.of(), KubernetesApi.Patch.MERGE, patch).denied()).isTrue();
        assertThat(api.get("/api/v1/namespaces/" + shop + "/configmaps").denied()).isTrue();
        assertThatThrownBy(
                () -> new ClusterBoard(api, "default", addons, Clock.systemUTC()).waves())
            .isInstanceOf(AgentException.class);
      }
    }
  }
}
