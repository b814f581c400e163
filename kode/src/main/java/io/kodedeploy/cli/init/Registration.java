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
   * Refuses a name that belongs to somebody else: other tags, or another identity. No tags at all
   * is what a run leaves that ended between registration and tagging.
   */
  static void verify(InstanceInfo info, Scope scope, String userName) {
    var tags = tags(info);
    if (!tags.isEmpty() && !tags.equals(new TreeMap<>(scope.tags()))) {
      throw mismatch(info, "the tags " + new TreeMap<>(scope.tags()), tags.toString());
    }
    String arn = info.iamUserArn() == null ? "none" : info.iamUserArn();
    if (!arn.endsWith("/" + userName)) {
      throw mismatch(
          info,
          "the IAM user " + userName,
          info.iamSessionArn() == null ? arn : info.iamSessionArn());
    }
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

  void register(Scope scope, String userArn) {
    aws.codeDeploy()
        .registerOnPremisesInstance(
            request -> request.instanceName(scope.instanceName()).iamUserArn(userArn));
    reporter.progress(
        "instance-registered",
        "init: registered on-premises instance " + scope.instanceName(),
        Map.of("instance", scope.instanceName()));
  }

  void tag(Scope scope) {
    aws.codeDeploy()
        .addTagsToOnPremisesInstances(
            request ->
                request
                    .instanceNames(scope.instanceName())
                    .tags(
                        scope.tags().entrySet().stream()
                            .map(
                                tag ->
                                    Tag.builder().key(tag.getKey()).value(tag.getValue()).build())
                            .toList()));
    reporter.progress(
        "instance-tagged",
        "init: tagged it " + scope.tags(),
        Map.of("instance", scope.instanceName(), "tags", scope.tags()));
  }
}
