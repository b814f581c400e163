package io.kodedeploy.namespace.catchup;

import io.kodedeploy.core.error.AgentException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.codedeploy.model.DeploymentGroupInfo;
import software.amazon.awssdk.services.codedeploy.model.DeploymentInfo;
import software.amazon.awssdk.services.codedeploy.model.DeploymentLimitExceededException;
import software.amazon.awssdk.services.codedeploy.model.DeploymentStatus;
import software.amazon.awssdk.services.codedeploy.model.DeploymentTarget;
import software.amazon.awssdk.services.codedeploy.model.InstanceInfo;
import software.amazon.awssdk.services.codedeploy.model.InstanceTarget;
import software.amazon.awssdk.services.codedeploy.model.ListDeploymentTargetsResponse;
import software.amazon.awssdk.services.codedeploy.model.ListOnPremisesInstancesResponse;
import software.amazon.awssdk.services.codedeploy.model.RegistrationStatus;
import software.amazon.awssdk.services.codedeploy.model.Tag;
import software.amazon.awssdk.services.codedeploy.model.TargetStatus;

/**
 * {@code catch-up.mode: codedeploy}: lets CodeDeploy deploy the last successful revision to the
 * outdated instances of its group, when this host is the only one. Every doubt is answered by
 * {@link Outcome.Local}: then this host brings it by itself and no other cluster can be touched.
 */
final class ServiceDeployer {
  private static final Logger log = LoggerFactory.getLogger(ServiceDeployer.class);
  private static final int BATCH = 25;
  private static final int ATTEMPTS = 3;

  /** What became of it. */
  sealed interface Outcome {
    /** CodeDeploy brings it by this deployment. */
    record Created(String deploymentId) implements Outcome {}

    /** This host has to bring it by itself. */
    record Local(String reason) implements Outcome {}

    /** Another deployment of the group runs. */
    record Busy() implements Outcome {}

    /** CodeDeploy tried this revision as often as it may. */
    record Exhausted(int attempts) implements Outcome {}
  }

  private final CodeDeployCalls calls;
  private final String instance;

  /**
   * A deployer of one host.
   *
   * @param instance name of this host's on-premises instance
   */
  ServiceDeployer(CodeDeployCalls calls, String instance) {
    this.calls = calls;
    this.instance = instance;
  }

  private String description() {
    return "kodedeploy catch-up of " + instance;
  }

  /**
   * Creates the deployment, or says why not.
   *
   * @throws AgentException when the service cannot be asked
   */
  Outcome deploy(Wanted one) throws InterruptedException {
    var application = one.application();
    var name = one.group().name();
    var group =
        calls
            .call(
                client ->
                    client.batchGetDeploymentGroups(
                        r -> r.applicationName(application).deploymentGroupNames(name)))
            .deploymentGroupsInfo()
            .stream()
            .findFirst();
    if (group.isEmpty()) {
      return new Outcome.Local("its group is gone");
    }
    var history = history(application, name);
    var wanted =
        history.stream().filter(past -> past.deploymentId().equals(one.deploymentId())).findFirst();
    var doubt = doubt(group.get(), one, history);
    if (doubt.isPresent()) {
      return new Outcome.Local(doubt.get());
    }
    if (wanted.isEmpty() || wanted.get().revision() == null) {
      return new Outcome.Local("the last success is too long ago to know who has it");
    }
    var same =
        history.stream().filter(past -> wanted.get().revision().equals(past.revision())).toList();
    var own = same.stream().filter(past -> description().equals(past.description())).count();
    if (own >= ATTEMPTS) {
      return new Outcome.Exhausted((int) own);
    }
    var others = outdated(one.group().selection(), same);
    others.remove(instance);
    if (!others.isEmpty()) {
      return new Outcome.Local("other instances are outdated too: " + String.join(", ", others));
    }
    return create(one, wanted.get());
  }

  /** What speaks against a deployment, by the group and its history. */
  Optional<String> doubt(DeploymentGroupInfo group, Wanted one, List<DeploymentInfo> history) {
    if (group.alarmConfiguration() != null
        && Boolean.TRUE.equals(group.alarmConfiguration().enabled())) {
      return Optional.of("its group has alarms, and an active one would stop the deployment");
    }
    if (!group.ec2TagFilters().isEmpty()
        || (group.ec2TagSet() != null && !group.ec2TagSet().ec2TagSetList().isEmpty())
        || !group.autoScalingGroups().isEmpty()) {
      return Optional.of("its group has EC2 instances");
    }
    var success = group.lastSuccessfulDeployment();
    var attempt = group.lastAttemptedDeployment();
    if (success == null || !one.deploymentId().equals(success.deploymentId())) {
      return Optional.of("its group has moved on");
    }
    if (attempt == null || attempt.deploymentId().equals(success.deploymentId())) {
      return Optional.empty();
    }
    boolean ownAttempt =
        history.stream()
            .filter(past -> past.deploymentId().equals(attempt.deploymentId()))
            .anyMatch(past -> description().equals(past.description()));
    return ownAttempt
        ? Optional.empty()
        : Optional.of("a newer deployment of its group failed half-way or runs");
  }

  /** The newest deployments of the group. */
  private List<DeploymentInfo> history(String application, String group)
      throws InterruptedException {
    var ids =
        calls
            .call(
                client ->
                    client.listDeployments(
                        r -> r.applicationName(application).deploymentGroupName(group)))
            .deployments();
    var some = ids.subList(0, Math.min(BATCH, ids.size()));
    return calls.batches(
        some,
        BATCH,
        (client, few) -> client.batchGetDeployments(r -> r.deploymentIds(few)).deploymentsInfo());
  }

  /** Registered members of the group to which no deployment of this revision succeeded. */
  private Set<String> outdated(TagSelection selection, List<DeploymentInfo> same)
      throws InterruptedException {
    var members = members(selection);
    for (var past : same) {
      if (past.status() == DeploymentStatus.SUCCEEDED) {
        members.removeAll(updated(past.deploymentId()));
      }
    }
    return members;
  }

  private Set<String> members(TagSelection selection) throws InterruptedException {
    var names =
        calls.list(
            (client, token) ->
                client.listOnPremisesInstances(
                    r -> r.registrationStatus(RegistrationStatus.REGISTERED).nextToken(token)),
            ListOnPremisesInstancesResponse::instanceNames,
            ListOnPremisesInstancesResponse::nextToken);
    return calls
        .batches(
            names,
            BATCH,
            (client, some) ->
                client.batchGetOnPremisesInstances(r -> r.instanceNames(some)).instanceInfos())
        .stream()
        .filter(info -> selection.selects(tags(info)))
        .map(InstanceInfo::instanceName)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static HostTags tags(InstanceInfo info) {
    return new HostTags(info.tags().stream().collect(Collectors.toMap(Tag::key, Tag::value)));
  }

  private Set<String> updated(String deploymentId) throws InterruptedException {
    var ids =
        calls.list(
            (client, token) ->
                client.listDeploymentTargets(r -> r.deploymentId(deploymentId).nextToken(token)),
            ListDeploymentTargetsResponse::targetIds,
            ListDeploymentTargetsResponse::nextToken);
    return calls
        .batches(
            ids,
            BATCH,
            (client, some) ->
                client
                    .batchGetDeploymentTargets(r -> r.deploymentId(deploymentId).targetIds(some))
                    .deploymentTargets())
        .stream()
        .map(DeploymentTarget::instanceTarget)
        .filter(target -> target != null && target.status() == TargetStatus.SUCCEEDED)
        .map(InstanceTarget::targetId)
        .collect(Collectors.toSet());
  }

  private Outcome create(Wanted one, DeploymentInfo wanted) throws InterruptedException {
    try {
      var id =
          calls
              .call(
                  client ->
                      client.createDeployment(
                          r ->
                              r.applicationName(one.application())
                                  .deploymentGroupName(one.group().name())
                                  .revision(wanted.revision())
                                  .deploymentConfigName("CodeDeployDefault.AllAtOnce")
                                  .description(description())
                                  .updateOutdatedInstancesOnly(true)
                                  .fileExistsBehavior(wanted.fileExistsBehavior())
                                  .autoRollbackConfiguration(a -> a.enabled(false))))
              .deploymentId();
      log.atInfo()
          .addKeyValue("application", one.application())
          .addKeyValue("deploymentId", id)
          .log("catch-up by a deployment of the service");
      return new Outcome.Created(id);
    } catch (DeploymentLimitExceededException e) {
      log.atDebug().setCause(e).log("another deployment of the group has begun");
      return new Outcome.Busy();
    }
  }
}
