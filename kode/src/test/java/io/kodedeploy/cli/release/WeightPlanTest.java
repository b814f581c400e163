package io.kodedeploy.cli.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WeightPlanTest {
  private static final List<Integer> STEPS = List.of(10, 50, 100);

  @Test
  void theOtherClusterKeepsTheRest() {
    assertThat(WeightPlan.at(Map.of("blue", 1, "green", 0), "green", 10))
        .isEqualTo(Map.of("blue", 90, "green", 10));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 10, 33, 50, 67, 99, 100})
  void manyOthersKeepTheirProportionsAndTheSumIs100(int percent) {
    var weights =
        WeightPlan.at(Map.of("a", 1, "b", 1, "c", 1, "own", 0, "idle", 0), "own", percent);

    assertThat(weights.values().stream().mapToInt(n -> n).sum()).isEqualTo(100);
    assertThat(weights).containsEntry("own", percent).containsEntry("idle", 0);
    assertThat(weights.get("a")).isCloseTo(weights.get("b"), within1());
    assertThat(weights.get("b")).isCloseTo(weights.get("c"), within1());
  }

  private static Offset<Integer> within1() {
    return Offset.offset(1);
  }

  @Test
  void aGroupThatIsNotInTheRuleYetIsAdded() {
    assertThat(WeightPlan.at(Map.of("blue", 1), "green", 100))
        .isEqualTo(Map.of("blue", 0, "green", 100));
  }

  @Test
  void allStepsAreAheadWhenAnotherClusterServes() {
    assertThat(WeightPlan.ahead(STEPS, Map.of("blue", 1, "green", 0), "green")).isEqualTo(STEPS);
  }

  @Test
  void theFirstReleaseGoesStraightTo100() {
    assertThat(WeightPlan.ahead(STEPS, Map.of("blue", 0, "green", 0), "green"))
        .containsExactly(100);
  }

  @Test
  void aClusterThatServesAlreadyHasNoStepAhead() {
    assertThat(WeightPlan.ahead(STEPS, Map.of("blue", 0, "green", 7), "green")).isEmpty();
  }

  @Test
  void aResumedReleaseGoesOnWhereItWas() {
    assertThat(WeightPlan.ahead(STEPS, Map.of("blue", 50, "green", 50), "green"))
        .containsExactly(100);
  }
}
