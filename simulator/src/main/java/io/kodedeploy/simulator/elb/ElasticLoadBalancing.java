package io.kodedeploy.simulator.elb;

import io.kodedeploy.simulator.ec2.Instance;
import io.kodedeploy.simulator.ec2.Instances;
import io.kodedeploy.simulator.time.SimulatorClock;
import io.kodedeploy.simulator.wire.Account;
import io.kodedeploy.simulator.wire.AwsRequest;
import io.kodedeploy.simulator.wire.AwsResponse;
import io.kodedeploy.simulator.wire.AwsService;
import io.kodedeploy.simulator.wire.Parameters;
import io.kodedeploy.simulator.wire.Protocol;
import io.kodedeploy.simulator.wire.Resettable;
import io.kodedeploy.simulator.wire.Xml;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

/** The API of Elastic Load Balancing v2, region by region. Thread-safe. */
public final class ElasticLoadBalancing implements AwsService, Resettable, AutoCloseable {
  private static final String VERSION = "2015-12-01";
  private static final String NAMESPACE =
      "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/";

  /** Carries one call out; the region's monitor is held. */
  @FunctionalInterface
  interface Call {
    AwsResponse answer(AwsRequest request, Parameters form, ElbRegion region);
  }

  private final Account account;
  private final Map<String, ElbRegion> regions = new ConcurrentHashMap<>();
  private final Map<String, Call> calls = new HashMap<>();
  private final Throttle throttle;

  /** Without load balancers; with the service's limits on calls if {@code throttled}. */
  public ElasticLoadBalancing(
      Account account, SimulatorClock clock, Instances instances, boolean throttled) {
    this.account = account;
    this.throttle = new Throttle(clock, throttled);
    var timers = new HealthSchedule(clock);
    new LoadBalancerCalls(clock).register(calls);
    new TargetGroupCalls(timers).register(calls);
    new TargetCalls(instances).register(calls);
    new ListenerCalls().register(calls);
    new RuleCalls().register(calls);
    new TagCalls().register(calls);
    instances.whenTerminated(this::instanceGone);
  }

  @Override
  public String name() {
    return "elasticloadbalancing";
  }

  @Override
  public Protocol protocol() {
    return Protocol.QUERY;
  }

  @Override
  public AwsResponse handle(AwsRequest request) {
    var form = request.form();
    var call = calls.get(request.operation());
    if (call == null || !form.get("Version").orElse(VERSION).equals(VERSION)) {
      throw unknownOperation(request);
    }
    throttle.spend(request.region(), request.operation());
    var region = region(request.region());
    synchronized (region) {
      return call.answer(request, form, region);
    }
  }

  /** Looks at the load balancers of every region. */
  <T> List<T> loadBalancers(Function<LoadBalancer, T> view) {
    return regions.values().stream()
        .flatMap(
            region -> {
              synchronized (region) {
                return region.loadBalancers.values().stream().map(view).toList().stream();
              }
            })
        .toList();
  }

  ElbRegion region(String name) {
    return regions.computeIfAbsent(name, n -> new ElbRegion(account, n));
  }

  private void instanceGone(Instance instance) {
    var region = region(instance.region());
    synchronized (region) {
      region.targetGroups.values().forEach(group -> group.instanceGone(instance.id()));
    }
  }

  @Override
  public void reset() {
    throttle.reset();
    for (var region : regions.values()) {
      synchronized (region) {
        region.close();
      }
    }
  }

  @Override
  public void close() {
    reset();
  }

  static AwsResponse result(AwsRequest request, Consumer<Xml> result) {
    return Xml.queryResponse(request, NAMESPACE, result);
  }

  static AwsResponse done(AwsRequest request) {
    return result(request, _ -> {});
  }
}
