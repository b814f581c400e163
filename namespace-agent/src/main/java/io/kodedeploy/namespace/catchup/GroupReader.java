package io.kodedeploy.namespace.catchup;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.spec.BundleType;
import io.kodedeploy.core.spec.FileExistsBehavior;
import io.kodedeploy.core.spec.Revision;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.codedeploy.model.ApplicationDoesNotExistException;
import software.amazon.awssdk.services.codedeploy.model.DeploymentGroupInfo;
import software.amazon.awssdk.services.codedeploy.model.DeploymentInfo;
import software.amazon.awssdk.services.codedeploy.model.DeploymentStatus;
import software.amazon.awssdk.services.codedeploy.model.InstanceNotRegisteredException;
import software.amazon.awssdk.services.codedeploy.model.LastDeploymentInfo;
import software.amazon.awssdk.services.codedeploy.model.ListApplicationsResponse;
import software.amazon.awssdk.services.codedeploy.model.ListDeploymentGroupsResponse;
import software.amazon.awssdk.services.codedeploy.model.RevisionLocation;
import software.amazon.awssdk.services.codedeploy.model.TagFilter;

/**
 * Reads applications, groups and deployments. Only List and Get calls (codedeploy-service.md 9.3),
 * as many a second as its budget allows.
 */
final class GroupReader implements GroupSource {
  private static final Logger log = LoggerFactory.getLogger(GroupReader.class);
  private static final int GROUPS = 100;

  /** Of BatchGetDeployments, by its reference page. */
  private static final int DEPLOYMENTS = 25;

  private static final Set<DeploymentStatus> ENDED =
      Set.of(DeploymentStatus.SUCCEEDED, DeploymentStatus.FAILED, DeploymentStatus.STOPPED);

  private final CodeDeployCalls calls;
  private final List<String> accepted;

  /**
   * A reader that has not called yet.
   *
   * @param calls by which it asks; the caller closes them
   * @param accepted the only groups that can be this host's, by name; empty when any can
   */
  GroupReader(CodeDeployCalls calls, Collection<String> accepted) {
    this.calls = calls;
    this.accepted = List.copyOf(accepted);
  }

  /** Hears that a call was made. */
  @FunctionalInterface
  interface Progress {
    void step() throws InterruptedException;
  }

  @Override
  public Listing groups(Instant notBefore) throws InterruptedException {
    if (accepted.isEmpty()) {
      return new Listing(everyGroup(() -> {}), true);
    }
    var groups = new ArrayList<GroupState>();
    for (var application : applications()) {
      groups.addAll(groups(application, accepted));
    }
    return new Listing(groups, true);
  }

  /** Every group of every application. */
  List<GroupState> everyGroup(Progress progress) throws InterruptedException {
    var groups = new ArrayList<GroupState>();
    for (var application : applications()) {
      try {
        groups.addAll(groups(application, groupNames(application)));
      } catch (ApplicationDoesNotExistException e) {
        log.atDebug().setCause(e).log("an application was deleted since it was listed");
      }
      progress.step();
    }
    return groups;
  }

  @Override
  public List<GroupState> groups(String application, Collection<String> names)
      throws InterruptedException {
    try {
      return calls
          .batches(
              names,
              GROUPS,
              (client, some) ->
                  client
                      .batchGetDeploymentGroups(
                          r -> r.applicationName(application).deploymentGroupNames(some))
                      .deploymentGroupsInfo())
          .stream()
          .map(GroupReader::state)
          .toList();
    } catch (ApplicationDoesNotExistException e) {
      log.atDebug().setCause(e).log("an application is not there any more");
      return List.of();
    }
  }

  /**
   * When the tags cannot be read (the policy is of before, the name is another's) the configured
   * ones serve.
   */
  @Override
  public Membership membership(String instance, HostTags configured) throws InterruptedException {
    try {
      var info =
          calls
              .call(client -> client.getOnPremisesInstance(r -> r.instanceName(instance)))
              .instanceInfo();
      if (info.deregisterTime() != null) {
        return Membership.deregistered(configured, instance);
      }
      var tags = new HashMap<String, String>();
      info.tags().forEach(tag -> tags.put(tag.key(), tag.value()));
      return Membership.of(tags, configured);
    } catch (InstanceNotRegisteredException e) {
      log.atDebug().setCause(e).log("no instance has the usual name of this host");
      return Membership.member(configured);
    } catch (AgentException e) {
      if (e.code() != ErrorCode.SERVICE_DENIED) {
        throw e;
      }
      log.atDebug().setCause(e).log("the tags of this host's instance may not be read");
      return Membership.member(configured);
    }
  }

  @Override
  public Map<String, DeploymentFacts> deployments(Collection<String> ids)
      throws InterruptedException {
    return calls
        .batches(
            new TreeSet<>(ids),
            DEPLOYMENTS,
            (client, some) ->
                client.batchGetDeployments(r -> r.deploymentIds(some)).deploymentsInfo())
        .stream()
        .collect(Collectors.toMap(DeploymentInfo::deploymentId, GroupReader::facts));
  }

  private static DeploymentFacts facts(DeploymentInfo deployment) {
    var behavior =
        Optional.ofNullable(deployment.fileExistsBehaviorAsString())
            .map(FileExistsBehavior::of)
            .orElse(FileExistsBehavior.DISALLOW);
    return new DeploymentFacts(
        deployment.deploymentId(),
        Objects.requireNonNullElse(deployment.applicationName(), ""),
        Objects.requireNonNullElse(deployment.deploymentGroupName(), ""),
        deployment.status() == DeploymentStatus.SUCCEEDED,
        Objects.requireNonNullElse(deployment.createTime(), Instant.EPOCH),
        Optional.ofNullable(deployment.revision())
            .flatMap(GroupReader::revision)
            .map(revision -> new DeploymentFacts.Source(revision, behavior)));
  }

  private List<String> applications() throws InterruptedException {
    return calls.list(
        (client, token) -> client.listApplications(r -> r.nextToken(token)),
        ListApplicationsResponse::applications,
        ListApplicationsResponse::nextToken);
  }

  private List<String> groupNames(String application) throws InterruptedException {
    return calls.list(
        (client, token) ->
            client.listDeploymentGroups(r -> r.applicationName(application).nextToken(token)),
        ListDeploymentGroupsResponse::deploymentGroups,
        ListDeploymentGroupsResponse::nextToken);
  }

  private static GroupState state(DeploymentGroupInfo group) {
    var sets =
        group.onPremisesTagSet() == null
            ? List.<List<TagFilter>>of()
            : group.onPremisesTagSet().onPremisesTagSetList();
    return new GroupState(
        group.applicationName(),
        group.deploymentGroupName(),
        group.deploymentGroupId(),
        new TagSelection(
            sets.stream().map(GroupReader::rules).toList(),
            rules(group.onPremisesInstanceTagFilters())),
        Optional.ofNullable(group.lastSuccessfulDeployment())
            .filter(last -> last.deploymentId() != null && last.createTime() != null)
            .map(last -> new GroupState.Deployment(last.deploymentId(), last.createTime())),
        running(group.lastAttemptedDeployment()));
  }

  private static boolean running(@Nullable LastDeploymentInfo last) {
    return last != null && last.status() != null && !ENDED.contains(last.status());
  }

  private static List<TagRule> rules(List<TagFilter> filters) {
    return filters.stream()
        .flatMap(
            filter ->
                TagRule.of(
                    Optional.ofNullable(filter.key()),
                    Optional.ofNullable(filter.value()),
                    Optional.ofNullable(filter.typeAsString()))
                    .stream())
        .toList();
  }

  private static Optional<Revision> revision(RevisionLocation location) {
    if (location.s3Location() != null) {
      var s3 = location.s3Location();
      return Arrays.stream(BundleType.values())
          .filter(type -> type.text().equals(s3.bundleTypeAsString()))
          .findFirst()
          .map(
              type ->
                  new Revision.S3(
                      s3.bucket(),
                      s3.key(),
                      type,
                      Optional.ofNullable(s3.version()),
                      Optional.ofNullable(s3.eTag())));
    }
    return Optional.ofNullable(location.gitHubLocation())
        .filter(github -> github.repository() != null && github.repository().contains("/"))
        .map(
            github -> {
              var slash = github.repository().indexOf('/');
              return new Revision.GitHub(
                  github.repository().substring(0, slash),
                  github.repository().substring(slash + 1),
                  github.commitId(),
                  Optional.empty());
            });
  }
}
