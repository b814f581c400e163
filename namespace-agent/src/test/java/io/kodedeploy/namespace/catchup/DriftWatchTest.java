package io.kodedeploy.namespace.catchup;

import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.namespace.catchup.DriftSettings.Mode;
import io.kodedeploy.namespace.manifest.Drift;
import io.kodedeploy.namespace.manifest.Drift.Difference;
import io.kodedeploy.namespace.manifest.ObjectKey;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DriftWatchTest {
  private static final ObjectKey KEY = ObjectKey.of("v1", "ConfigMap", "shop", "settings");

  private final List<String> repaired = new ArrayList<>();
  private final List<Map<String, List<Drift>>> told = new ArrayList<>();
  private Optional<List<Drift>> here = Optional.of(List.of());

  private static Optional<List<Drift>> drifted(Difference difference) {
    return Optional.of(List.of(new Drift(KEY, difference, List.of("kubectl-edit"))));
  }

  private DriftWatch watch(Mode mode) {
    return new DriftWatch(
        new DriftSettings(mode, Duration.ofMinutes(30)),
        _ -> here,
        () -> List.of("web"),
        application -> {
          repaired.add(application);
          here = Optional.of(List.of());
        },
        told::add,
        Clock.systemUTC(),
        () -> 0.5);
  }

  @Test
  void reportSaysItAndChangesNothing() throws Exception {
    here = drifted(Difference.CHANGED);
    var watch = watch(Mode.REPORT);

    watch.round();

    assertThat(repaired).isEmpty();
    assertThat(told).containsExactly(Map.of("web", here.orElseThrow()));
    assertThat(watch.finding("web").orElseThrow().objects()).hasSize(1);
  }

  @Test
  void repairSaysItAndTakesItBackAndLooksAgain() throws Exception {
    here = drifted(Difference.MISSING);
    var watch = watch(Mode.REPAIR);

    watch.round();

    assertThat(repaired).containsExactly("web");
    assertThat(told.getFirst().get("web")).hasSize(1);
    assertThat(told.getLast().get("web")).isEmpty();
  }

  @Test
  void repairLeavesAnAutoscalersReplicasAlone() throws Exception {
    here = drifted(Difference.SCALED);

    watch(Mode.REPAIR).round();

    assertThat(repaired).isEmpty();
    assertThat(told.getFirst().get("web")).hasSize(1);
  }

  @Test
  void anApplicationThatIsBeingAppliedIsNotComparedNorRepaired() throws Exception {
    here = Optional.empty();

    watch(Mode.REPAIR).round();

    assertThat(repaired).isEmpty();
    assertThat(told).isEmpty();
  }

  @Test
  void anApiServerThatIsAwayIsNoDrift() throws Exception {
    var watch =
        new DriftWatch(
            new DriftSettings(Mode.REPAIR, Duration.ofMinutes(30)),
            _ -> {
              throw new AgentException(ErrorCode.CLUSTER_UNREACHABLE, "away");
            },
            () -> List.of("web"),
            repaired::add,
            told::add,
            Clock.systemUTC(),
            () -> 0.5);

    watch.round();

    assertThat(repaired).isEmpty();
    assertThat(told).isEmpty();
  }

  @Test
  void whatADeploymentReplacedIsHistory() throws Exception {
    here = drifted(Difference.CHANGED);
    var watch = watch(Mode.REPORT);
    watch.round();

    watch.forget("web");

    assertThat(watch.finding("web")).isEmpty();
    assertThat(told.getLast()).isEmpty();
  }
}
