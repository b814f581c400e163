package io.kodedeploy.cli.deploy;

import io.kodedeploy.cli.aws.Aws;
import io.kodedeploy.cli.aws.AwsFailures;
import io.kodedeploy.cli.codedeploy.OnPremisesInstances;
import io.kodedeploy.cli.console.Reporter;
import io.kodedeploy.cli.console.Ticker;
import io.kodedeploy.cli.naming.Scope;
import io.kodedeploy.cli.record.HostRecords;
import io.kodedeploy.cli.record.HostView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.codedeploy.model.InstanceInfo;
import software.amazon.awssdk.services.codedeploy.model.Tag;

/**
 * Names the hosts that a deployment will probably wait for in vain: registered, selected, and
 * silent for 15 minutes. It only warns; whether they live only the deployment can tell.
 */
final class QuietHosts {
  private final Aws aws;
  private final Reporter reporter;
  private final Ticker ticker;

  QuietHosts(Aws aws, Reporter reporter, Ticker ticker) {
    this.aws = aws;
    this.reporter = reporter;
    this.ticker = ticker;
  }

  /** Looks and says what it found; a missing right to look is said, too. */
  void warn(Scope scope, String bucket) {
    try {
      var records = new HostRecords(aws, bucket);
      var reports = new ArrayList<Report>();
      for (var cluster : clusters(scope)) {
        reports.add(
            new Report(cluster, records.of(scope.environment(), scope.namespace(), cluster)));
      }
      if (!reports.isEmpty() && reports.stream().allMatch(one -> one.record().isEmpty())) {
        reporter.progress(
            "hosts-unknown",
            "deploy: no host of this namespace reports to bucket "
                + bucket
                + " (the chart's value bucket): nobody knows before the deployment which are alive",
            Map.of("bucket", bucket));
        return;
      }
      reports.forEach(one -> say(scope, one));
    } catch (AwsServiceException e) {
      reporter.progress(
          "hosts-unknown",
          "deploy: could not look which hosts are alive: " + AwsFailures.describe(e).getMessage(),
          Map.of("bucket", bucket));
    }
  }

  /** What a host of the deployment said last. */
  private record Report(String cluster, Optional<HostView> record) {}

  private void say(Scope scope, Report report) {
    var now = ticker.now();
    if (report.record().filter(record -> !record.unknownAt(now)).isPresent()) {
      return;
    }
    var silence =
        report
            .record()
            .map(
                record ->
                    "has not reported for "
                        + Duration.between(record.written(), now).toMinutes()
                        + " minutes")
            .orElse("has never reported");
    var options = " --environment " + scope.environment() + " --cluster " + report.cluster();
    reporter.progress(
        "host-expected-dead",
        "deploy: namespace "
            + scope.namespace()
            + " of cluster "
            + report.cluster()
            + " "
            + silence
            + " and is expected dead: the deployment waits for it; take it out with kode cluster"
            + " pause"
            + options
            + ", or for good with kode cluster retire"
            + options,
        Map.of("cluster", report.cluster(), "namespace", scope.namespace()));
  }

  private List<String> clusters(Scope scope) {
    return new OnPremisesInstances(aws)
        .tagged(scope.tags()).stream()
            .map(QuietHosts::cluster)
            .flatMap(Optional::stream)
            .sorted()
            .toList();
  }

  private static Optional<String> cluster(InstanceInfo info) {
    return info.tags().stream()
        .filter(tag -> tag.key().equals(Scope.CLUSTER_TAG))
        .map(Tag::value)
        .findFirst();
  }
}
