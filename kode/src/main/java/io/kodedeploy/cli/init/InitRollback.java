package io.kodedeploy.cli.init;

import io.kodedeploy.cli.aws.Aws;
import io.kodedeploy.cli.codedeploy.NamespaceGroups;
import io.kodedeploy.cli.console.CliException;
import io.kodedeploy.cli.console.ExitCode;
import io.kodedeploy.cli.console.Problem;
import io.kodedeploy.cli.console.Reporter;
import io.kodedeploy.cli.console.Ticker;
import io.kodedeploy.cli.naming.Scope;
import io.kodedeploy.cli.record.HostRecords;
import io.kodedeploy.cli.record.HostView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.codedeploy.model.RegistrationStatus;
import software.amazon.awssdk.services.codedeploy.model.TagFilter;
import software.amazon.awssdk.services.codedeploy.model.TagFilterType;

/**
 * Undoes what {@code kode init} made for one host, found by its names, paths and tags: so it works
 * from any machine, after a run that failed half-way, and again after itself. Everything is looked
 * at before anything is removed.
 */
final class InitRollback {
  private final Aws aws;
  private final Reporter reporter;
  private final Ticker ticker;
  private final Registration registration;
  private final HostUser users;
  private final HostRole roles;

  InitRollback(Aws aws, Reporter reporter, Ticker ticker) {
    this.aws = aws;
    this.reporter = reporter;
    this.ticker = ticker;
    this.registration = new Registration(aws, reporter);
    this.users = new HostUser(aws, reporter);
    this.roles = new HostRole(aws, reporter);
  }

  /**
   * Removes it.
   *
   * @param applications whose groups of this namespace are removed where nothing was ever deployed
   *     through them
   * @throws CliException when a part of it is somebody else's, or is used; nothing is changed then
   */
  int run(
      HostInit.Order order,
      List<String> applications,
      IdentityFile file,
      IdentityFile membershipFile) {
    var scope = order.scope();
    String name = scope.identityName();
    var account = AccountId.of(aws);
    var registered = registration.find(scope);
    registered.ifPresent(
        info ->
            Registration.verify(
                info,
                scope,
                info.iamUserArn() == null ? account.sessionArn(name) : account.userArn(name)));
    file.refuseForeign(name);
    order.bucket().ifPresent(bucket -> refuseLiving(scope, bucket));
    boolean user = users.find(name).isPresent();
    boolean role = roles.find(name).isPresent();
    refusePolicies("user", name, user ? users.foreignPolicies(name, scope) : List.of());
    refusePolicies("role", name, role ? roles.foreignPolicies(name) : List.of());

    var removed = new ArrayList<String>();
    boolean last = !others(scope, Scope.NAMESPACE_TAG, scope.namespace());
    for (var application : applications) {
      removed.addAll(unusedGroups(application, scope, last));
    }
    if (registered.isPresent()) {
      registration.deregister(scope);
      removed.add("instance " + scope.instanceName());
    }
    if (user) {
      users.remove(name);
      removed.add("user " + name);
    }
    if (roles.remove(name)) {
      removed.add("role " + name);
    }
    if (!others(scope, Scope.CLUSTER_TAG, scope.cluster().orElseThrow())
        && roles.remove(scope.membershipName())) {
      removed.add("role " + scope.membershipName());
      membershipFile.delete();
    }
    if (file.delete()) {
      removed.add(file.path().toString());
    }
    reporter.result(
        removed.isEmpty() ? "unchanged" : "rolled-back",
        removed.isEmpty()
            ? "unchanged: nothing of " + scope.instanceName() + " is there"
            : "rolled back: removed " + String.join(", ", removed),
        Map.of("instance", scope.instanceName(), "removed", List.copyOf(removed)));
    return ExitCode.DONE;
  }

  private static void refusePolicies(String what, String name, List<String> foreign) {
    if (!foreign.isEmpty()) {
      throw new CliException(
          Problem.INSTANCE_MISMATCH,
          "IAM "
              + what
              + " "
              + name
              + " must have no policy but that of kode init, found "
              + String.join(", ", foreign)
              + ".",
          "detach what you have attached to it, and run this again.");
    }
  }

  private void refuseLiving(Scope scope, String bucket) {
    var now = ticker.now();
    new HostRecords(aws, bucket)
        .of(scope.environment()).stream()
            .filter(record -> record.namespace().equals(scope.namespace()))
            .filter(record -> record.cluster().equals(scope.cluster().orElseThrow()))
            .filter(record -> !record.unknownAt(now))
            .findFirst()
            .map(HostView::words)
            .ifPresent(
                words -> {
                  throw new CliException(
                      Problem.CLUSTER_ALIVE,
                      "expected no report within the last 15 minutes, found one of " + words + ".",
                      "uninstall the agent there first (helm uninstall).");
                });
  }

  /** Whether another registered host has this tag. */
  private boolean others(Scope scope, String key, String value) {
    return aws
        .codeDeploy()
        .listOnPremisesInstances(
            request ->
                request
                    .registrationStatus(RegistrationStatus.REGISTERED)
                    .tagFilters(
                        TagFilter.builder()
                            .key(key)
                            .value(value)
                            .type(TagFilterType.KEY_AND_VALUE)
                            .build()))
        .instanceNames()
        .stream()
        .anyMatch(name -> !name.equals(scope.instanceName()));
  }

  /**
   * Removes the groups of this namespace that nothing was ever deployed through: the others say
   * what belongs where.
   *
   * @param last whether no other cluster has a host of this namespace
   */
  private List<String> unusedGroups(String application, Scope scope, boolean last) {
    var removed = new ArrayList<String>();
    var everywhere = new Scope(scope.environment(), scope.namespace(), Optional.empty());
    for (var each : last ? List.of(scope, everywhere) : List.of(scope)) {
      var group = new NamespaceGroups(aws, reporter, ticker).find(application, each);
      if (group.filter(info -> info.lastAttemptedDeployment() == null).isPresent()) {
        aws.codeDeploy()
            .deleteDeploymentGroup(
                request ->
                    request.applicationName(application).deploymentGroupName(each.groupName()));
        removed.add("group " + each.groupName() + " of " + application);
      }
    }
    return removed;
  }
}
