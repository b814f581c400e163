package io.kodedeploy.simulator.elb;

import io.kodedeploy.simulator.Simulator;
import io.kodedeploy.simulator.SimulatorSettings;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Action;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ActionTypeEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ProtocolEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetDescription;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetTypeEnum;

/** Requests a second through a load balancer; clients and targets run in the same process. */
final class DataPathBench {
  private static final Duration SPAN = Duration.ofSeconds(10);

  private DataPathBench() {}

  public static void main(String[] arguments) throws Exception {
    try (var simulator = Simulator.start(SimulatorSettings.onAnyPort().withTimeScale(50));
        var elb = Clients.elb(simulator);
        var one = Backend.open("one", "127.0.0.1", 0);
        var two = Backend.open("two", "127.0.0.1", 0)) {
      var front = front(elb, one, two);
      measure("warm_up_rps", front, 16, 0);
      measure("keep_alive_rps", front, 16, 0);
      measure("mixed_rps", front, 8, 8);
    }
  }

  private static InetSocketAddress front(ElasticLoadBalancingV2Client elb, Backend... backends) {
    var group =
        elb.createTargetGroup(
                r ->
                    r.name("bench")
                        .protocol(ProtocolEnum.HTTP)
                        .port(80)
                        .targetType(TargetTypeEnum.IP)
                        .healthCheckPath("/healthz"))
            .targetGroups()
            .getFirst()
            .targetGroupArn();
    var loadBalancer = elb.createLoadBalancer(r -> r.name("bench")).loadBalancers().getFirst();
    var forward = Action.builder().type(ActionTypeEnum.FORWARD).targetGroupArn(group).build();
    elb.createListener(
        r ->
            r.loadBalancerArn(loadBalancer.loadBalancerArn())
                .protocol(ProtocolEnum.HTTP)
                .port(8080)
                .defaultActions(forward));
    for (var backend : backends) {
      var target = TargetDescription.builder().id("127.0.0.1").port(backend.port()).build();
      elb.registerTargets(r -> r.targetGroupArn(group).targets(target));
    }
    Await.until(
        () -> "all targets are healthy",
        () ->
            elb
                .describeTargetHealth(r -> r.targetGroupArn(group))
                .targetHealthDescriptions()
                .stream()
                .allMatch(each -> each.targetHealth().stateAsString().equals("healthy")));
    return new InetSocketAddress(loadBalancer.dnsName(), 8080);
  }

  private static void measure(String name, InetSocketAddress front, int keeping, int fresh)
      throws InterruptedException {
    var never = new CountDownLatch(1);
    try (var clients = LoadClients.start(front, keeping, fresh)) {
      if (never.await(SPAN.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException("nobody counts down");
      }
      clients.stop();
      if (!clients.failures().isEmpty()) {
        throw new IllegalStateException("failed requests: " + clients.failures());
      }
      System.out.printf("bench: %s=%d%n", name, clients.answered() / SPAN.toSeconds());
    }
  }
}
