package io.kodedeploy.namespace.catchup;

import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.namespace.catchup.ApplicationStatus.State;
import io.kodedeploy.namespace.catchup.ApplicationStatus.Why;
import io.kodedeploy.namespace.cluster.ClusterBoard;
import io.kodedeploy.namespace.cluster.KubernetesApi;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who waits for whom; time passes only when the gate sleeps. */
class WaveGateTest {
  private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");
  private static final String REPORTS =
      "/api/v1/namespaces/kodedeploy/configmaps/kodedeploy-catch-up";

  private final FakeApiServer cluster = new FakeApiServer();
  private final KubernetesApi api = cluster.api();
  private final List<String> waits = new ArrayList<>();
  private Instant now = T;
  private Runnable whileAsleep = () -> {};

  private final Clock clock =
      new Clock() {
        @Override
        public java.time.ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
          return this;
        }

        @Override
        public Instant instant() {
          return now;
        }
      };

  @BeforeEach
  void threeWaves() {
    cluster.put(
        "/api/v1/namespaces/kodedeploy/configmaps/kodedeploy-waves",
        FakeApiServer.object(
            "kodedeploy-waves", Map.of("addons", "0", "ingress", "5", "shop", "10")));
    cluster.put(REPORTS, FakeApiServer.object("kodedeploy-catch-up", Map.of()));
  }

  @AfterEach
  void end() {
    api.close();
    cluster.close();
  }

  private WaveGate gate(String namespace) {
    return new WaveGate(
        Optional.of(new ClusterBoard(api, "kodedeploy", namespace, clock)),
        new WaveGate.Settings(namespace, Duration.ofMinutes(10), Duration.ofMinutes(45)),
        clock,
        pause -> {
          now = now.plus(pause);
          whileAsleep.run();
        });
  }

  private void done(String namespace) {
    try {
      gate(namespace).report(List.of());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ApplicationStatus status(State state, NextAttempt next) {
    return new ApplicationStatus(
        "web", state, "", "", false, "", "", "", new Why("", "why", "", next), T);
  }

  @Test
  void theLowestWaveWaitsForNobody() throws Exception {
    assertThat(gate("addons").await(waits::add)).isFalse();
    assertThat(waits).isEmpty();
  }

  @Test
  void aHigherWaveSaysWhomItWaitsForAndGoesOnWhenTheyAreDone() throws Exception {
    done("addons");
    whileAsleep = () -> done("ingress");

    assertThat(gate("shop").await(waits::add)).isTrue();

    assertThat(waits)
        .singleElement()
        .asString()
        .contains("waits for ingress (wave 5) has not reported")
        .doesNotContain("addons");
    assertThat(now).isBefore(T.plusSeconds(10));
  }

  @Test
  void aWaveThatIsNeverDoneBlocksNotLongerThanItsLimit() throws Exception {
    done("ingress");
    gate("addons").report(List.of(status(State.WAITING, NextAttempt.NEXT_LOOK)));

    gate("shop").await(waits::add);

    assertThat(waits).isNotEmpty().allMatch(why -> why.contains("addons (wave 0) is at work"));
    assertThat(Duration.between(T, now)).isBetween(Duration.ofMinutes(10), Duration.ofMinutes(11));
  }

  @Test
  void aNamespaceWithWhichOnlyAPersonCanGoOnIsNotWaitedFor() throws Exception {
    done("ingress");
    gate("addons").report(List.of(status(State.FAILED, NextAttempt.NEW_DEPLOYMENT)));

    assertThat(gate("shop").await(waits::add)).isFalse();
  }

  @Test
  void aReportOfLongAgoIsNone() throws Exception {
    done("addons");
    done("ingress");
    now = T.plus(Duration.ofHours(1));
    whileAsleep =
        () -> {
          done("addons");
          done("ingress");
        };

    assertThat(gate("shop").await(waits::add)).isTrue();
    assertThat(waits).first().asString().contains("has not reported since 2026-01-01T00:00");
  }

  @Test
  void aBoardThatCannotBeReadBlocksNotLongerThanTheLimitEither() throws Exception {
    cluster.denied = "kodedeploy-waves";

    gate("shop").await(waits::add);

    assertThat(waits).isNotEmpty().allMatch(why -> why.contains("cannot read how far"));
  }

  @Test
  void aClusterWithoutABoardHasNoWaves() throws Exception {
    var alone =
        new WaveGate(
            Optional.empty(),
            new WaveGate.Settings("shop", Duration.ofMinutes(10), Duration.ofMinutes(45)),
            clock,
            _ -> {});

    assertThat(alone.await(waits::add)).isFalse();
    alone.report(List.of());
    assertThat(cluster.requests).hasValue(0);
  }
}
