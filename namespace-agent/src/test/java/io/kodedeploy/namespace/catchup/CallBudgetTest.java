package io.kodedeploy.namespace.catchup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CallBudgetTest {
  @Test
  void spreadsCallsEvenly() throws Exception {
    var now = new AtomicLong(-5);
    var waits = new ArrayList<Duration>();
    var budget =
        new CallBudget(
            2,
            now::get,
            wait -> {
              waits.add(wait);
              now.addAndGet(wait.toNanos());
            });

    for (var call = 0; call < 4; call++) {
      budget.acquire();
    }
    now.addAndGet(Duration.ofSeconds(9).toNanos());
    budget.acquire();

    var half = Duration.ofMillis(500);
    assertThat(waits).containsExactly(half, half, half);
  }
}
