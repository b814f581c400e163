package io.kodedeploy.node.elb;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.node.traffic.LoadBalancing;
import io.kodedeploy.node.traffic.Pause;
import io.kodedeploy.node.traffic.Target;
import io.kodedeploy.node.traffic.TargetGroup;
import io.kodedeploy.node.traffic.TargetGroupRef;
import io.kodedeploy.node.traffic.TargetHealth;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.InvalidTargetException;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetDescription;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroupNotFoundException;

/** ELB through the SDK, for one instance: the node's own. Safe for use by many threads. */
public final class ElbTargets implements LoadBalancing {
  private static final Logger log = LoggerFactory.getLogger(ElbTargets.class);
  private static final String DELAY = "deregistration_delay.timeout_seconds";

  private final AwsClients clients;
  private final AwsCalls calls;
  private final String instanceId;
  private final TokenBucket changes;
  private final TokenBucket looks;

  /** The targets of that instance. */
  public ElbTargets(
      AwsClients clients,
      String instanceId,
      InstantSource clock,
      Pause pause,
      RandomGenerator random) {
    this.clients = clients;
    this.instanceId = instanceId;
    this.calls = new AwsCalls(clock, pause, random);
    // The account has 4 changes and 10 looks a second (codedeploy-service.md section 8.1); a node
    // takes a quarter and a fifth at most.
    this.changes = new TokenBucket(2, Duration.ofSeconds(1), clock, pause);
    this.looks = new TokenBucket(4, Duration.ofMillis(500), clock, pause);
  }

  @Override
  public Optional<TargetGroup> describe(TargetGroupRef ref) throws InterruptedException {
    String action = "elasticloadbalancing:DescribeTargetGroups";
    try {
      return calls
          .call(
              action,
              looks,
              () ->
                  clients
                      .elb()
                      .describeTargetGroups(
                          r -> {
                            switch (ref) {
                              case TargetGroupRef.ByName(var name) -> r.names(name);
                              case TargetGroupRef.ByArn(var arn) -> r.targetGroupArns(arn);
                            }
                          }))
          .targetGroups()
          .stream()
          .findFirst()
          .map(ElbTargets::group);
    } catch (TargetGroupNotFoundException e) {
      return Optional.empty();
    } catch (AwsServiceException e) {
      throw AwsCalls.unexpected(action, e);
    }
  }

  private static TargetGroup group(
      software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroup group) {
    var matcher = group.matcher() == null ? null : group.matcher().httpCode();
    return new TargetGroup(
        group.targetGroupArn(),
        group.targetGroupName(),
        group.port() == null ? 0 : group.port(),
        group.targetTypeAsString(),
        group.healthCheckProtocolAsString()
            + (group.healthCheckPath() == null ? "" : " " + group.healthCheckPath())
            + (matcher == null ? "" : " expecting " + matcher),
        Duration.ofSeconds(
            group.healthCheckIntervalSeconds() == null ? 30 : group.healthCheckIntervalSeconds()));
  }

  @Override
  public Optional<Duration> deregistrationDelay(String targetGroupArn) throws InterruptedException {
    String action = "elasticloadbalancing:DescribeTargetGroupAttributes";
    try {
      return calls
          .call(
              action,
              looks,
              () ->
                  clients
                      .elb()
                      .describeTargetGroupAttributes(r -> r.targetGroupArn(targetGroupArn)))
          .attributes()
          .stream()
          .filter(a -> a.key().equals(DELAY))
          .map(a -> Duration.ofSeconds(Long.parseLong(a.value())))
          .findFirst();
    } catch (AwsServiceException e) {
      if (AwsCalls.denied(e)) {
        log.atWarn()
            .addKeyValue("action", action)
            .addKeyValue("code", AwsCalls.code(e))
            .log("may not read the deregistration delay, using the default limit");
        return Optional.empty();
      }
      throw AwsCalls.unexpected(action, e);
    }
  }

  @Override
  public TargetHealth health(Target target) throws InterruptedException {
    String action = "elasticloadbalancing:DescribeTargetHealth";
    try {
      return calls
          .call(
              action,
              looks,
              () ->
                  clients
                      .elb()
                      .describeTargetHealth(
                          r -> r.targetGroupArn(target.arn()).targets(own(target))))
          .targetHealthDescriptions()
          .stream()
          .filter(d -> d.target().id().equals(instanceId))
          .map(d -> d.targetHealth())
          .map(
              h ->
                  new TargetHealth(
                      TargetHealth.State.of(h.stateAsString()),
                      h.reasonAsString() == null ? "" : h.reasonAsString(),
                      h.description() == null ? "" : h.description()))
          .findFirst()
          .orElse(notRegistered("ELB knows no such target"));
    } catch (TargetGroupNotFoundException e) {
      return notRegistered("the target group is gone");
    } catch (InvalidTargetException e) {
      return new TargetHealth(TargetHealth.State.UNUSED, "Target.InvalidState", AwsCalls.words(e));
    } catch (AwsServiceException e) {
      throw AwsCalls.unexpected(action, e);
    }
  }

  private static TargetHealth notRegistered(String description) {
    return new TargetHealth(TargetHealth.State.UNUSED, "Target.NotRegistered", description);
  }

  @Override
  public void register(Target target) throws InterruptedException {
    String action = "elasticloadbalancing:RegisterTargets";
    try {
      calls.call(
          action,
          changes,
          () ->
              clients
                  .elb()
                  .registerTargets(r -> r.targetGroupArn(target.arn()).targets(own(target))));
    } catch (TargetGroupNotFoundException e) {
      throw new AgentException(
          ErrorCode.TARGET_GROUP_NOT_FOUND, "target group " + target.arn() + " is gone", e);
    } catch (AwsServiceException e) {
      throw AwsCalls.unexpected(action + " of " + target.group(), e);
    }
  }

  @Override
  public void deregister(Target target) throws InterruptedException {
    String action = "elasticloadbalancing:DeregisterTargets";
    try {
      calls.call(
          action,
          changes,
          () ->
              clients
                  .elb()
                  .deregisterTargets(r -> r.targetGroupArn(target.arn()).targets(own(target))));
    } catch (TargetGroupNotFoundException e) {
      log.atInfo().addKeyValue("name", target.group()).log("target group is gone");
    } catch (AwsServiceException e) {
      throw AwsCalls.unexpected(action + " of " + target.group(), e);
    }
  }

  private TargetDescription own(Target target) {
    return TargetDescription.builder().id(instanceId).port(target.port()).build();
  }

  @Override
  public Optional<String> scalingGroupOf(String targetGroupArn) throws InterruptedException {
    String action = "autoscaling:DescribeAutoScalingInstances";
    try {
      var member =
          calls
              .call(
                  action,
                  looks,
                  () ->
                      clients
                          .scaling()
                          .describeAutoScalingInstances(r -> r.instanceIds(instanceId)))
              .autoScalingInstances()
              .stream()
              .findFirst();
      if (member.isEmpty()) {
        return Optional.empty();
      }
      action = "autoscaling:DescribeAutoScalingGroups";
      String name = member.get().autoScalingGroupName();
      return calls
          .call(
              action,
              looks,
              () -> clients.scaling().describeAutoScalingGroups(r -> r.autoScalingGroupNames(name)))
          .autoScalingGroups()
          .stream()
          .filter(group -> attaches(group, targetGroupArn))
          .map(AutoScalingGroup::autoScalingGroupName)
          .findFirst();
    } catch (AwsServiceException e) {
      throw AwsCalls.unexpected(action, e);
    }
  }

  private static boolean attaches(AutoScalingGroup group, String targetGroupArn) {
    return group.targetGroupARNs().contains(targetGroupArn)
        || group.trafficSources().stream().anyMatch(s -> targetGroupArn.equals(s.identifier()));
  }
}
