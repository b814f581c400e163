package io.kodedeploy.cli.init;

import io.kodedeploy.cli.aws.Aws;
import io.kodedeploy.cli.console.CliException;
import io.kodedeploy.cli.console.Problem;
import io.kodedeploy.cli.console.Reporter;
import io.kodedeploy.cli.naming.Scope;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import software.amazon.awssdk.services.codedeploy.model.InstanceInfo;
import software.amazon.awssdk.services.codedeploy.model.InstanceNotRegisteredException;
import software.amazon.awssdk.services.codedeploy.model.Tag;

/** The on-premises instance of one host. */
final class Registration {
  private final Aws aws;
  private final Reporter reporter;

  Registration(Aws aws, Reporter reporter) {
    this.aws = aws;
    this.reporter = reporter;
  }

  /** What is registered under the scope's name; a deregistered name counts as free. */
  Optional<InstanceInfo> find(Scope scope) {
    try {
      var info =
          aws.codeDeploy()
              .getOnPremisesInstance(request -> request.instanceName(scope.instanceName()))
              .instanceInfo();
      return info.deregisterTime() == null ? Optional.of(info) : Optional.empty();
    } catch (InstanceNotRegisteredException _) {
      return Optional.empty();
    }
  }

  /**
   * Refuses a name that belongs to somebody else: other tags, or another identity. Fewer tags are
   * what a host has before it joins, or when a run ended before it was tagged; a paused one is
   * ours.
   */
  static void verify(InstanceInfo info, Scope scope, String identityArn) {
    var expected = new TreeMap<>(scope.tags());
    expected.put(Scope.PAUSED_TAG, scope.environment());
    var tags = tags(info);
    if (!expected.entrySet().containsAll(tags.entrySet())) {
      throw mismatch(info, "the tags " + new TreeMap<>(scope.tags()), tags.toString());
    }
    String found = identity(info);
    if (!found.equals(identityArn)) {
      throw mismatch(info, identityArn, found.isEmpty() ? "none" : found);
    }
  }

  /** The ARN that the instance was registered with. */
  static String identity(InstanceInfo info) {
    return info.iamUserArn() != null
        ? info.iamUserArn()
        : info.iamSessionArn() == null ? "" : info.iamSessionArn();
  }

  private static CliException mismatch(InstanceInfo info, String expected, String found) {
    return new CliException(
        Problem.INSTANCE_MISMATCH,
        "on-premises instance "
            + info.instanceName()
            + " is registered already; expected "
            + expected
            + ", found "
            + found
            + ".",
        "choose another name for environment, cluster or namespace, or deregister that instance:"
            + " aws deploy deregister --instance-name "
            + info.instanceName());
  }

  static Map<String, String> tags(InstanceInfo info) {
    var tags = new TreeMap<String, String>();
    info.tags().forEach(tag -> tags.put(tag.key(), tag.value()));
    return tags;
  }

  void register(Scope scope, String identityArn) {
    aws.codeDeploy()
        .registerOnPremisesInstance(
            request -> {
              request.instanceName(scope.instanceName());
              if (identityArn.contains(":assumed-role/")) {
                request.iamSessionArn(identityArn);
              } else {
                request.iamUserArn(identityArn);
              }
            });
    reporter.progress(
        "instance-registered",
        "init: registered on-premises instance " + scope.instanceName(),
        Map.of("instance", scope.instanceName()));
  }

  /**
   * Gives the instance the tags that it lacks; a paused host stays paused.
   *
   * @param join whether deployment groups shall select it from now on, by its environment's tag
   * @return whether it lacked one
   */
  boolean tag(Scope scope, Map<String, String> present, boolean join) {
    var missing = new TreeMap<>(scope.tags());
    missing.keySet().removeAll(present.keySet());
    if (!join || present.containsKey(Scope.PAUSED_TAG)) {
      missing.remove(Scope.ENVIRONMENT_TAG);
    }
    if (missing.isEmpty()) {
      return false;
    }
    aws.codeDeploy()
        .addTagsToOnPremisesInstances(
            request ->
                request
                    .instanceNames(scope.instanceName())
                    .tags(
                        missing.entrySet().stream()
                            .map(
                                tag ->
                                    Tag.builder().key(tag.getKey()).value(tag.getValue()).build())
                            .toList()));
    reporter.progress(
        "instance-tagged",
        "init: tagged it " + missing,
        Map.of("instance", scope.instanceName(), "tags", missing));
    return true;
  }

  void deregister(Scope scope) {
    aws.codeDeploy()
        .deregisterOnPremisesInstance(request -> request.instanceName(scope.instanceName()));
    reporter.progress(
        "instance-deregistered",
        "rollback: deregistered on-premises instance " + scope.instanceName(),
        Map.of("instance", scope.instanceName()));
  }
}
