package io.kodedeploy.simulator.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RunningPodTest {
  private final RunningPod pod =
      new RunningPod("uid", "demo", "web", "node", Map.of(), "1", Duration.ZERO);
  private final AtomicInteger idle = new AtomicInteger();

  @Test
  void isIdleAtOnceWhenNothingIsInFlight() {
    pod.end(idle::incrementAndGet);

    assertThat(idle).hasValue(1);
  }

  @Test
  void isIdleWhenTheLastRequestIsAnswered() {
    assertThat(pod.enter()).isTrue();
    assertThat(pod.enter()).isTrue();

    pod.end(idle::incrementAndGet);
    pod.leave();
    assertThat(idle).hasValue(0);
    pod.leave();

    assertThat(idle).hasValue(1);
  }

  @Test
  void takesNoRequestOnceItIsEnding() {
    pod.end(idle::incrementAndGet);

    assertThat(pod.enter()).isFalse();
  }
}
