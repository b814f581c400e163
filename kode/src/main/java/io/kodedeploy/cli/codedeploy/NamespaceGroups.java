package io.kodedeploy.cli.codedeploy;

import io.kodedeploy.cli.aws.Aws;
import io.kodedeploy.cli.console.CliException;
import io.kodedeploy.cli.console.Problem;
import io.kodedeploy.cli.console.Reporter;
import io.kodedeploy.cli.console.Ticker;
import io.kodedeploy.cli.naming.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.codedeploy.model.ApplicationAlreadyExistsException;
import software.amazon.awssdk.services.codedeploy.model.ApplicationDoesNotExistException;
import software.amazon.awssdk.services.codedeploy.model.ComputePlatform;
import software.amazon.awssdk.services.codedeploy.model.DeploymentGroupAlreadyExistsException;
import software.amazon.awssdk.services.codedeploy.model.DeploymentGroupDoesNotExistException;
import software.amazon.awssdk.services.codedeploy.model.DeploymentGroupInfo;
import software.amazon.awssdk.services.codedeploy.model.InvalidRoleException;
import software.amazon.awssdk.services.codedeploy.model.TagFilter;
import software.amazon.awssdk.services.codedeploy.model.TagFilterType;

/** Applications and the deployment groups that select namespaces by their tags. */
public final class NamespaceGroups {
  /** A role made seconds ago is refused at first (service specification 1.8). */
  private static final Duration ROLE_PROPAGATION = Duration.ofSeconds(60);

  private final Aws aws;
  private final Reporter reporter;
  private final Ticker ticker;

  /** Uses the clients of a command. */
  public NamespaceGroups(Aws aws, Reporter reporter, Ticker ticker) {
    this.aws = aws;
    this.reporter = reporter;
    this.ticker = ticker;
  }

  /** Creates the application when it is missing. */
  public void ensureApplication(String application) {
    try {
      aws.codeDeploy().getApplication(request -> request.applicationName(application));
      return;
    } catch (ApplicationDoesNotExistException _) {
      // made below
    }
    try {
      aws.codeDeploy()
          .createApplication(
              request ->
                  request.applicationName(application).computePlatform(ComputePlatform.SERVER));
      reporter.progress(
          "application-created",
          "setup: created CodeDeploy application " + application,
          Map.of("application", application));
    } catch (ApplicationAlreadyExistsException _) {
      // somebody else was quicker, which is as good
    }
  }

  /**
   * Creates the scope's group when it is missing.
   *
   * @param serviceRole the role for a new group; not needed for one that exists
   * @throws CliException with {@code group-mismatch} when a group of this name selects other hosts
   */
  public void ensureGroup(String application, Scope scope, Optional<String> serviceRole)
      throws InterruptedException {
    try {
      verify(group(application, scope.groupName()), scope);
      return;
    } catch (DeploymentGroupDoesNotExistException _) {
      // made below
    }
    String role = new ServiceRole(aws).arn(serviceRole);
    var deadline = ticker.now().plus(ROLE_PROPAGATION);
    while (!create(application, scope, role, deadline)) {
      ticker.pause(Duration.ofSeconds(3));
    }
    verify(group(application, scope.groupName()), scope);
  }

  /**
   * The scope's group, if it is there.
   *
   * @throws CliException with {@code group-mismatch} when a group of this name selects other hosts
   */
  public Optional<DeploymentGroupInfo> find(String application, Scope scope) {
    try {
      var group = group(application, scope.groupName());
      verify(group, scope);
      return Optional.of(group);
    } catch (DeploymentGroupDoesNotExistException _) {
      return Optional.empty();
    } catch (ApplicationDoesNotExistException _) {
      return Optional.empty();
    }
  }

  private DeploymentGroupInfo group(String application, String name) {
    return aws.codeDeploy()
        .getDeploymentGroup(
            request -> request.applicationName(application).deploymentGroupName(name))
        .deploymentGroupInfo();
  }

  private boolean create(String application, Scope scope, String role, Instant deadline) {
    List<List<TagFilter>> tagSet =
        scope.tags().entrySet().stream()
            .map(
                tag ->
                    List.of(
                        TagFilter.builder()
                            .key(tag.getKey())
                            .value(tag.getValue())
                            .type(TagFilterType.KEY_AND_VALUE)
                            .build()))
            .toList();
    try {
      aws.codeDeploy()
          .createDeploymentGroup(
              request ->
                  request
                      .applicationName(application)
                      .deploymentGroupName(scope.groupName())
                      .serviceRoleArn(role)
                      .deploymentConfigName("CodeDeployDefault.AllAtOnce")
                      .onPremisesTagSet(set -> set.onPremisesTagSetList(tagSet)));
      reporter.progress(
          "group-created",
          "setup: created deployment group " + scope.groupName() + " for " + scope.tags(),
          Map.of("application", application, "group", scope.groupName()));
      return true;
    } catch (DeploymentGroupAlreadyExistsException _) {
      return true;
    } catch (InvalidRoleException e) {
      if (!ticker.now().isBefore(deadline)) {
        throw e;
      }
      reporter.progress(
          "waiting",
          "setup: CodeDeploy cannot use role " + role + " yet; trying again",
          Map.of("role", role));
      return false;
    }
  }

  private static void verify(DeploymentGroupInfo group, Scope scope) {
    Set<Set<String>> expected =
        scope.tags().entrySet().stream()
            .map(tag -> Set.of(tag.getKey() + "=" + tag.getValue()))
            .collect(Collectors.toSet());
    Set<Set<String>> found =
        group.onPremisesTagSet() == null
            ? Set.of()
            : group.onPremisesTagSet().onPremisesTagSetList().stream()
                .map(
                    filters ->
                        filters.stream().map(NamespaceGroups::words).collect(Collectors.toSet()))
                .collect(Collectors.toSet());
    boolean others =
        !group.onPremisesInstanceTagFilters().isEmpty()
            || !group.autoScalingGroups().isEmpty()
            || !group.ec2TagFilters().isEmpty()
            || (group.ec2TagSet() != null && !group.ec2TagSet().ec2TagSetList().isEmpty());
    if (found.equals(expected) && !others) {
      return;
    }
    throw new CliException(
        Problem.GROUP_MISMATCH,
        "deployment group "
            + group.deploymentGroupName()
            + " of application "
            + group.applicationName()
            + " must select exactly the on-premises tags "
            + expected
            + ", found "
            + (others ? "other selections beside " : "")
            + (found.isEmpty() ? "none" : found)
            + ".",
        "rename or delete that group, or use other names; kode changes no group it did not make.");
  }

  private static String words(TagFilter filter) {
    return filter.type() == TagFilterType.KEY_AND_VALUE
        ? filter.key() + "=" + filter.value()
        : filter.typeAsString() + " " + filter.key() + " " + filter.value();
  }
}
