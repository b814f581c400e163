package io.kodedeploy.simulator.elb;

import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.simulator.Simulator;
import io.kodedeploy.simulator.SimulatorSettings;
import io.kodedeploy.simulator.http.LoopbackAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Action;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ActionTypeEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ForwardActionConfig;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ProtocolEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetDescription;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroupAttribute;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroupTuple;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetTypeEnum;

/**
 * What the whole product rests on: while targets come and go in the right order and weights shift,
 * no request fails, on kept-alive connections and on new ones, and the work is really spread.
 */
class ReleaseUnderLoadIT {
  private static final int PER_GROUP = 2;
  private static final int PORT = 30080;

  private Simulator simulator;
  private ElasticLoadBalancingV2Client elb;
  private final List<Backend> backends = new ArrayList<>();
  private final List<LoopbackAddress> addresses = new ArrayList<>();
  private String blue;
  private String green;
  private String listener;
  private InetSocketAddress front;

  @BeforeEach
  void startTwoClustersBehindOneLoadBalancer() throws IOException {
    simulator = Simulator.start(SimulatorSettings.onAnyPort().withTimeScale(50));
    elb = Clients.elb(simulator);
    blue = targetGroup("blue");
    green = targetGroup("green");
    for (int i = 0; i < 2 * PER_GROUP; i++) {
      addresses.add(free());
      var name = (i < PER_GROUP ? "blue-" : "green-") + i % PER_GROUP;
      backends.add(Backend.open(name, addresses.get(i).text(), PORT));
    }
    var loadBalancer = elb.createLoadBalancer(r -> r.name("web")).loadBalancers().getFirst();
    listener =
        elb.createListener(
                r ->
                    r.loadBalancerArn(loadBalancer.loadBalancerArn())
                        .protocol(ProtocolEnum.HTTP)
                        .port(8080)
                        .defaultActions(forward(100, 0)))
            .listeners()
            .getFirst()
            .listenerArn();
    front = new InetSocketAddress(loadBalancer.dnsName(), 8080);
  }

  @AfterEach
  void end() {
    backends.forEach(Backend::close);
    addresses.forEach(LoopbackAddress::close);
    elb.close();
    simulator.close();
  }

  @Test
  void noRequestFailsWhileTargetsDrainReturnAndWeightsShift() throws Exception {
    for (int i = 0; i < PER_GROUP; i++) {
      register(blue, i);
    }
    awaitState(blue, 0, "healthy");
    awaitState(blue, 1, "healthy");

    long requests;
    try (var clients = LoadClients.start(front, 8, 8)) {
      awaitMore(clients, 500);
      for (int round = 0; round < 2; round++) { // an in-place release, node by node
        for (int i = 0; i < PER_GROUP; i++) {
          replaceInPlace(blue, i);
          awaitMore(clients, 200);
        }
      }
      register(green, PER_GROUP);
      register(green, PER_GROUP + 1);
      awaitState(green, PER_GROUP, "healthy");
      awaitState(green, PER_GROUP + 1, "healthy");
      for (int share = 0; share <= 100; share += 10) { // the shift to the other cluster
        shift(100 - share, share);
        awaitMore(clients, 200);
      }
      var atTheEnd = answeredBy(clients, "blue");
      long before = clients.answered();
      awaitMore(clients, 500);
      assertThat(answeredBy(clients, "blue"))
          .as("answers of blue, of %d requests after its weight is 0", clients.answered() - before)
          .isLessThanOrEqualTo(atTheEnd + 16); // those that were in flight
      deregister(blue, 0);
      deregister(blue, 1);
      awaitState(blue, 0, "unused");
      awaitState(blue, 1, "unused");
      backends.get(0).close();
      backends.get(1).close();
      awaitMore(clients, 500);
      clients.stop();

      assertThat(clients.failures()).isEmpty();
      requests = clients.answered();
      assertThat(answeredBy(clients, "blue")).isGreaterThan(1000);
      assertThat(answeredBy(clients, "green")).isGreaterThan(1000);
      for (var name : List.of("green-0", "green-1")) {
        assertThat(clients.answers().get(name).sum())
            .as("share of " + name)
            .isBetween(answeredBy(clients, "green") * 2 / 5, answeredBy(clients, "green") * 3 / 5);
      }
    }
    var counted = Clients.admin(simulator, "GET", "/load-balancers", "").path(0);
    assertThat(counted.path("failures").isEmpty()).as(counted.toString()).isTrue();
    assertThat(counted.path("requests").asLong()).isEqualTo(requests);
  }

  @Test
  void aTargetThatDiesWithoutDrainingIsCountedAsFailedRequests() throws Exception {
    register(blue, 0);
    register(blue, 1);
    awaitState(blue, 0, "healthy");
    awaitState(blue, 1, "healthy");

    try (var clients = LoadClients.start(front, 4, 4)) {
      awaitMore(clients, 200);
      backends.get(0).close();
      awaitState(blue, 0, "unhealthy");
      clients.stop();

      assertThat(clients.failures()).isNotEmpty();
      var failures =
          Clients.admin(simulator, "GET", "/load-balancers", "").path(0).path("failures");
      assertThat(failures.path("connect").asLong() + failures.path("reset").asLong())
          .as(failures.toString())
          .isEqualTo(clients.failures().size());
    }
  }

  private void replaceInPlace(String group, int backend) throws IOException {
    deregister(group, backend);
    awaitState(group, backend, "unused");
    var old = backends.get(backend);
    old.close();
    backends.set(backend, Backend.open("blue-" + backend, addresses.get(backend).text(), PORT));
    register(group, backend);
    awaitState(group, backend, "healthy");
  }

  /** An address that no other process of this machine uses. */
  private static LoopbackAddress free() {
    return IntStream.range(1, 250)
        .mapToObj(i -> LoopbackAddress.reserve("127.0.201." + i))
        .flatMap(Optional::stream)
        .findFirst()
        .orElseThrow();
  }

  private static void awaitMore(LoadClients clients, int requests) {
    long goal = clients.answered() + requests;
    Await.until(
        () -> requests + " more answers, failures " + clients.failures(),
        () -> clients.answered() >= goal || !clients.failures().isEmpty());
  }

  private static long answeredBy(LoadClients clients, String group) {
    return clients.answers().entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(group))
        .map(Map.Entry::getValue)
        .mapToLong(LongAdder::sum)
        .sum();
  }

  private void shift(int toBlue, int toGreen) {
    elb.modifyListener(r -> r.listenerArn(listener).defaultActions(forward(toBlue, toGreen)));
  }

  private Action forward(int toBlue, int toGreen) {
    return Action.builder()
        .type(ActionTypeEnum.FORWARD)
        .forwardConfig(
            ForwardActionConfig.builder()
                .targetGroups(weight(blue, toBlue), weight(green, toGreen))
                .build())
        .build();
  }

  private static TargetGroupTuple weight(String group, int weight) {
    return TargetGroupTuple.builder().targetGroupArn(group).weight(weight).build();
  }

  private String targetGroup(String name) {
    var arn =
        elb.createTargetGroup(
                r ->
                    r.name(name)
                        .protocol(ProtocolEnum.HTTP)
                        .port(8080)
                        .targetType(TargetTypeEnum.IP)
                        .healthCheckPath("/healthz")
                        .healthCheckIntervalSeconds(5)
                        .healthCheckTimeoutSeconds(2))
            .targetGroups()
            .getFirst()
            .targetGroupArn();
    var delay =
        TargetGroupAttribute.builder()
            .key("deregistration_delay.timeout_seconds")
            .value("10")
            .build();
    elb.modifyTargetGroupAttributes(r -> r.targetGroupArn(arn).attributes(delay));
    return arn;
  }

  private TargetDescription target(int backend) {
    return TargetDescription.builder().id(addresses.get(backend).text()).port(PORT).build();
  }

  private void register(String group, int backend) {
    elb.registerTargets(r -> r.targetGroupArn(group).targets(target(backend)));
  }

  private void deregister(String group, int backend) {
    elb.deregisterTargets(r -> r.targetGroupArn(group).targets(target(backend)));
  }

  private void awaitState(String group, int backend, String state) {
    var target = target(backend);
    Await.until(
        () -> backend + " is " + state + ", but " + health(group, target),
        () -> health(group, target).stateAsString().equals(state));
  }

  private software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetHealth health(
      String group, TargetDescription target) {
    return elb.describeTargetHealth(r -> r.targetGroupArn(group).targets(target))
        .targetHealthDescriptions()
        .getFirst()
        .targetHealth();
  }
}
