package io.kodedeploy.node.elb;

import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.node.traffic.JumpingTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
  @Test
  void aBurstIsFreeAndEveryCallAfterItWaitsItsTurn() throws Exception {
    var time = new JumpingTime();
    var bucket = new TokenBucket(2, Duration.ofSeconds(1), time, time);

    for (int i = 0; i < 4; i++) {
      bucket.take();
    }

    assertThat(time.pauses).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(1));
  }

  @Test
  void timeThatPassesFillsTheBucketUpToItsBurst() throws Exception {
    var time = new JumpingTime();
    var bucket = new TokenBucket(2, Duration.ofSeconds(1), time, time);
    bucket.take();
    bucket.take();
    time.sleep(Duration.ofMinutes(1));
    time.pauses.clear();

    bucket.take();
    bucket.take();
    bucket.take();

    assertThat(time.pauses).containsExactly(Duration.ofSeconds(1));
  }
}
