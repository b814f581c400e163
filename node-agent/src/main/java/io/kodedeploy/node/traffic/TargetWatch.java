package io.kodedeploy.node.traffic;

import io.kodedeploy.core.error.AgentException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the node's recorded targets now and then, so that status and metrics stay true between
 * deployments. Seldom, because every node of a cluster shares one request limit.
 */
public final class TargetWatch implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(TargetWatch.class);
  private static final Duration INTERVAL = Duration.ofMinutes(5);

  private final TrafficControl control;
  private final LoadBalancing elb;
  private final InstantSource clock;
  private final Pause pause;
  private final RandomGenerator random;

  /** A watch over what the control has recorded. */
  public TargetWatch(
      TrafficControl control,
      LoadBalancing elb,
      InstantSource clock,
      Pause pause,
      RandomGenerator random) {
    this.control = control;
    this.elb = elb;
    this.clock = clock;
    this.pause = pause;
    this.random = random;
  }

  /** Looks until the thread is interrupted. */
  @Override
  public void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        look();
        pause.sleep(INTERVAL.plusMillis(random.nextLong(INTERVAL.toMillis() / 2)));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  void look() throws InterruptedException {
    for (var target : control.recordedTargets()) {
      try {
        control.states().saw(target, elb.health(target), clock.instant());
      } catch (AgentException e) {
        log.atWarn()
            .addKeyValue("name", target.group())
            .addKeyValue("code", e.code().id())
            .addKeyValue("reason", e.getMessage())
            .log("target health is unknown");
      }
    }
  }
}
