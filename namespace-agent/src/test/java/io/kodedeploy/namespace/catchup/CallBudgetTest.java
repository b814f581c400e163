package io.kodedeploy.namespace.catchup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.PriorityQueue;
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

  @Test
  void aHostThatAsksForMuchLeavesEveryOtherTurnToTheOther() throws Exception {
    var now = new AtomicLong();
    var turns = new PriorityQueue<Long>();
    var budget = new CallBudget(8, now::get, wait -> turns.add(now.get() + wait.toNanos()));
    budget.acquire();

    // Both ask again when their turn has come, as a thread that waits does.
    for (var round = 0; round < 20; round++) {
      budget.acquire();
      budget.acquire();
      assertThat(turns).hasSize(2);
      var first = turns.remove();
      var second = turns.remove();
      assertThat(Duration.ofNanos(second - first)).isEqualTo(Duration.ofMillis(125));
      now.set(second);
    }
    assertThat(Duration.ofNanos(now.get())).isEqualTo(Duration.ofSeconds(5));
  }
}
