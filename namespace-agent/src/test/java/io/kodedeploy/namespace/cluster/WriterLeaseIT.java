package io.kodedeploy.namespace.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.namespace.RealKubernetes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The Lease against a real API server, with a clock of its own. */
@ExtendWith(RealKubernetes.Extension.class)
class WriterLeaseIT {
  private final List<String> lost = new ArrayList<>();
  private Instant now = Instant.parse("2026-11-23T12:00:00Z");
  private KubernetesApi api;
  private RealKubernetes kubernetes;
  private String namespace;

  @BeforeEach
  void connect(RealKubernetes shared) {
    kubernetes = shared;
    namespace = shared.newNamespace();
    api = new KubernetesApi(new KubernetesConfig.Kubeconfig(shared.kubeconfig())::read);
  }

  @AfterEach
  void disconnect() {
    api.close();
  }

  private WriterLease lease(String identity) {
    return new WriterLease(
        api, namespace, identity, LeaseTimes.WITH_STANDBY, () -> now, () -> lost.add(identity));
  }

  private String stored(String field) {
    return kubernetes.kubectl(
        "get",
        "lease",
        "kodedeploy-agent",
        "-n",
        namespace,
        "-o",
        "jsonpath={.spec." + field + "}");
  }

  @Test
  void theFirstHoldsItAndTheSecondWaitsUntilItIsOld() throws Exception {
    var first = lease("first");
    var second = lease("second");
    first.turn();
    second.turn();
    assertThat(first.holds()).isTrue();
    assertThat(second.holds()).isFalse();
    assertThat(second.waitsFor()).isEqualTo("first");

    now = now.plusSeconds(11);
    second.turn();
    assertThat(second.holds()).as("not old enough").isFalse();
    now = now.plusSeconds(2);
    second.turn();

    assertThat(second.holds()).isTrue();
    assertThat(stored("holderIdentity")).isEqualTo("second");
    assertThat(stored("leaseTransitions")).isEqualTo("1");
    first.turn(); // its write meets a conflict
    first.turn(); // and its look the other holder
    assertThat(lost).containsExactly("first");
    assertThat(first.holds()).isFalse();
  }

  @Test
  void aRenewalKeepsTheOtherWaiting() throws Exception {
    var first = lease("first");
    var second = lease("second");
    first.turn();
    second.turn();
    for (var round = 0; round < 4; round++) {
      now = now.plusSeconds(8);
      first.turn();
      second.turn();
    }

    assertThat(first.holds()).isTrue();
    assertThat(second.holds()).isFalse();
    assertThat(stored("leaseTransitions")).isEqualTo("0");
  }

  @Test
  void theHolderStopsToBelieveBeforeAnotherMayTakeIt() throws Exception {
    var first = lease("first");
    first.turn();

    now = now.plusSeconds(11);

    assertThat(first.holds()).isFalse();
    assertThat(first.waitsFor()).isEmpty();
    first.turn();
    assertThat(first.holds()).as("nobody came in between").isTrue();
    assertThat(lost).isEmpty();
  }

  @Test
  void oneThatIsGivenBackIsTakenAtOnce() throws Exception {
    var first = lease("first");
    var second = lease("second");
    first.turn();
    second.turn();

    first.close();
    second.turn();

    assertThat(second.holds()).isTrue();
    assertThat(lost).isEmpty();
  }

  @Test
  void theSameAgentTakesItsOwnLeaseBackAfterARestart() throws Exception {
    lease("pod").turn();

    var again = lease("pod");
    again.turn();

    assertThat(again.holds()).isTrue();
    assertThat(stored("leaseTransitions")).isEqualTo("0");
  }
}
