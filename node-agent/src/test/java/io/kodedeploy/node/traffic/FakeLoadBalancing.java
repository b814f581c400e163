package io.kodedeploy.node.traffic;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A load balancer of a few scripted target groups. For one thread. */
final class FakeLoadBalancing implements LoadBalancing {
  static final String ACCOUNT = "arn:aws:elasticloadbalancing:us-west-2:123456789012:";

  private final Map<String, TargetGroup> groups = new HashMap<>();
  private final Map<String, Duration> delays = new HashMap<>();
  private final Map<String, Deque<TargetHealth>> healths = new HashMap<>();
  private Optional<String> scalingGroup = Optional.empty();

  private boolean registrationRefused;

  /** What was asked, in order: {@code register web:30080}. */
  final List<String> calls = new ArrayList<>();

  static String arn(String name) {
    return ACCOUNT + "targetgroup/" + name + "/0123456789abcdef";
  }

  FakeLoadBalancing group(String name, int port) {
    return group(name, port, "instance");
  }

  FakeLoadBalancing group(String name, int port, String type) {
    groups.put(
        name,
        new TargetGroup(
            arn(name), name, port, type, "HTTP /healthz expecting 200", Duration.ofSeconds(10)));
    return this;
  }

  FakeLoadBalancing delay(String name, Duration delay) {
    delays.put(arn(name), delay);
    return this;
  }

  FakeLoadBalancing attachedTo(String autoScalingGroup) {
    scalingGroup = Optional.of(autoScalingGroup);
    return this;
  }

  /** The next looks at a group; the last one repeats for ever. */
  FakeLoadBalancing health(String name, TargetHealth... looks) {
    healths.put(arn(name), new ArrayDeque<>(List.of(looks)));
    return this;
  }

  static TargetHealth state(String state, String reason) {
    return new TargetHealth(TargetHealth.State.of(state), reason, "");
  }

  FakeLoadBalancing refuseRegistration() {
    registrationRefused = true;
    return this;
  }

  /** Only what changes something. */
  List<String> changes() {
    return calls.stream().filter(c -> c.contains("register")).toList();
  }

  @Override
  public Optional<TargetGroup> describe(TargetGroupRef ref) {
    return Optional.ofNullable(groups.get(ref.name()));
  }

  @Override
  public Optional<Duration> deregistrationDelay(String targetGroupArn) {
    return Optional.ofNullable(delays.get(targetGroupArn));
  }

  @Override
  public TargetHealth health(Target target) {
    calls.add("health " + target);
    var looks = healths.get(target.arn());
    return looks.size() > 1 ? looks.remove() : looks.element();
  }

  @Override
  public void register(Target target) {
    calls.add("register " + target);
    if (registrationRefused) {
      throw new AgentException(ErrorCode.SERVICE_DENIED, "may not register");
    }
  }

  @Override
  public void deregister(Target target) {
    calls.add("deregister " + target);
  }

  @Override
  public Optional<String> scalingGroupOf(String targetGroupArn) {
    return scalingGroup;
  }
}
