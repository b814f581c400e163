package io.kodedeploy.cli.cluster;

import io.kodedeploy.cli.aws.Aws;
import io.kodedeploy.cli.codedeploy.OnPremisesInstances;
import io.kodedeploy.cli.console.CliException;
import io.kodedeploy.cli.console.Problem;
import io.kodedeploy.cli.naming.Scope;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import software.amazon.awssdk.services.codedeploy.model.InstanceInfo;
import software.amazon.awssdk.services.codedeploy.model.Tag;

/** Finds the hosts of a cluster by their tags, and changes these. */
final class ClusterHosts {
  private final Aws aws;

  ClusterHosts(Aws aws) {
    this.aws = aws;
  }

  /**
   * The hosts in the order of their names, paused ones included.
   *
   * @throws CliException {@code cluster-missing} when there is none
   */
  List<ClusterHost> find(ClusterOptions.Selection selection) {
    var hosts =
        new OnPremisesInstances(aws)
            .tagged(Map.of(Scope.CLUSTER_TAG, selection.cluster())).stream()
                .map(ClusterHosts::host)
                .filter(host -> host.of(selection.environment()))
                .filter(
                    host ->
                        selection.namespace().map(host.namespace()::equals).orElse(Boolean.TRUE))
                .sorted(Comparator.comparing(ClusterHost::name))
                .toList();
    if (hosts.isEmpty()) {
      throw new CliException(
          Problem.CLUSTER_MISSING,
          "expected on-premises instances with the tags "
              + Scope.ENVIRONMENT_TAG
              + "="
              + selection.environment()
              + " and "
              + Scope.CLUSTER_TAG
              + "="
              + selection.cluster()
              + selection
                  .namespace()
                  .map(name -> " and " + Scope.NAMESPACE_TAG + "=" + name)
                  .orElse("")
              + ", found none that is registered.",
          "see which there are: aws deploy list-on-premises-instances --registration-status"
              + " Registered --tag-filters Key="
              + Scope.CLUSTER_TAG
              + ",Type=KEY_ONLY");
    }
    return hosts;
  }

  private static ClusterHost host(InstanceInfo info) {
    var tags = new TreeMap<String, String>();
    info.tags().forEach(tag -> tags.put(tag.key(), tag.value()));
    return new ClusterHost(
        info.instanceName(),
        tags,
        Optional.ofNullable(info.iamUserArn()),
        Optional.ofNullable(info.iamSessionArn()));
  }

  /** No group of the environment selects it any more; the new tag first, so that none is lost. */
  void pause(ClusterHost host, String environment) {
    add(host, Scope.PAUSED_TAG, environment);
    remove(host, Scope.ENVIRONMENT_TAG, environment);
  }

  /** Groups of its environment select it again. */
  void resume(ClusterHost host, String environment) {
    add(host, Scope.ENVIRONMENT_TAG, environment);
    remove(host, Scope.PAUSED_TAG, environment);
  }

  void deregister(ClusterHost host) {
    aws.codeDeploy().deregisterOnPremisesInstance(request -> request.instanceName(host.name()));
  }

  private void add(ClusterHost host, String key, String value) {
    aws.codeDeploy()
        .addTagsToOnPremisesInstances(
            request ->
                request
                    .instanceNames(host.name())
                    .tags(Tag.builder().key(key).value(value).build()));
  }

  private void remove(ClusterHost host, String key, String value) {
    aws.codeDeploy()
        .removeTagsFromOnPremisesInstances(
            request ->
                request
                    .instanceNames(host.name())
                    .tags(Tag.builder().key(key).value(value).build()));
  }
}
