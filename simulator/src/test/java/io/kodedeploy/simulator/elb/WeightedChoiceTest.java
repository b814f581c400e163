package io.kodedeploy.simulator.elb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class WeightedChoiceTest {

  @Test
  void everyRunAsLongAsTheSumHasExactlyTheWeights() {
    var choice =
        new WeightedChoice<>(
            List.of(
                new WeightedChoice.Entry<>("blue", 7),
                new WeightedChoice.Entry<>("green", 3),
                new WeightedChoice.Entry<>("none", 0)));

    for (int run = 0; run < 3; run++) {
      var chosen = new ArrayList<String>();
      for (int i = 0; i < 10; i++) {
        chosen.add(choice.next().orElseThrow());
      }
      assertThat(Collections.frequency(chosen, "blue")).isEqualTo(7);
      assertThat(Collections.frequency(chosen, "green")).isEqualTo(3);
      assertThat(String.join(",", chosen)).doesNotContain("green,green");
    }
  }

  @Test
  void allWeightsZeroChooseNothing() {
    var choice = new WeightedChoice<>(List.of(new WeightedChoice.Entry<>("blue", 0)));

    assertThat(choice.next()).isEmpty();
  }
}
