package io.kodedeploy.simulator.elb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.simulator.codedeploy.TrafficControl;
import io.kodedeploy.simulator.ec2.Instances;
import io.kodedeploy.simulator.time.SimulatorClock;
import io.kodedeploy.simulator.wire.Account;
import io.kodedeploy.simulator.wire.AwsError;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What CodeDeploy's BlockTraffic and AllowTraffic do to a target group (CS-125 to CS-128). */
class DeploymentTrafficTest {
  private final Account account = new Account("123456789012", "us-west-2");
  private final io.kodedeploy.simulator.time.ManualClock clock =
      SimulatorClock.manual(Instant.parse("2026-01-05T10:00:00Z"));
  private final Instances instances = new Instances(account, clock);
  private final ElasticLoadBalancing balancing =
      new ElasticLoadBalancing(account, clock, instances, false);
  private final DeploymentTraffic traffic =
      new DeploymentTraffic(balancing, account.region(), instances);

  @Test
  void anInstanceIsRegisteredOnTheDefaultPortBecomesHealthyAndDrains() throws IOException {
    try (var application = Backend.open("app", "127.0.0.1", 0)) {
      var group = group(application.port(), TargetGroupSettings.TargetType.INSTANCE);
      var id = instances.launch("127.0.0.1", "role", Map.of()).id();

      traffic.register("web", id);
      clock.advance(Duration.ZERO);
      Await.until(
          () -> "healthy, but " + traffic.health("web", id),
          () -> traffic.health("web", id).state() == TrafficControl.State.HEALTHY);
      traffic.deregister(group.arn(), id);

      assertThat(traffic.health("web", id))
          .isEqualTo(
              new TrafficControl.Health(
                  TrafficControl.State.DRAINING, "Target.DeregistrationInProgress"));
      clock.advance(Duration.ofMinutes(5));
      assertThat(traffic.health("web", id))
          .isEqualTo(
              new TrafficControl.Health(TrafficControl.State.UNUSED, "Target.NotRegistered"));
    }
  }

  @Test
  void aRegistrationOnAnotherPortIsLeftAlone() {
    var group = group(80, TargetGroupSettings.TargetType.INSTANCE);
    var id = instances.launch("127.0.0.1", "role", Map.of()).id();
    group.register(
        new TargetKey(id, 81),
        new java.net.InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), 81));

    traffic.deregister("web", id);

    assertThat(group.registered()).containsExactly(new TargetKey(id, 81));
  }

  @Test
  void theTypeOfAGroupIsToldSoThatAddressesCanBeRefused() {
    group(80, TargetGroupSettings.TargetType.IP);

    assertThat(traffic.find("web").orElseThrow().targetType()).isEqualTo("ip");
    assertThat(traffic.find("nope")).isEmpty();
    assertThatThrownBy(() -> traffic.health("nope", "i-1"))
        .isInstanceOfSatisfying(
            AwsError.class, e -> assertThat(e.code()).isEqualTo("TargetGroupNotFound"));
  }

  private TargetGroup group(int port, TargetGroupSettings.TargetType type) {
    var region = balancing.region(account.region());
    var settings =
        new TargetGroupSettings(
            region.arn("targetgroup/web/1"),
            "web",
            "HTTP",
            port,
            "vpc-1",
            type,
            "HTTP1",
            HealthCheckSettings.DEFAULTS,
            TargetGroupSettings.defaultAttributes());
    var group = new TargetGroup(settings, new HealthSchedule(clock));
    region.targetGroups.put(group.arn(), group);
    group.use(true);
    return group;
  }
}
