package io.kodedeploy.cli.cluster;

import static java.util.Objects.requireNonNull;

import io.kodedeploy.cli.aws.Aws;
import io.kodedeploy.cli.console.CliException;
import io.kodedeploy.cli.console.ExitCode;
import io.kodedeploy.cli.console.Problem;
import io.kodedeploy.cli.console.Reporter;
import io.kodedeploy.cli.init.HostRole;
import io.kodedeploy.cli.init.HostUser;
import io.kodedeploy.cli.naming.Scope;
import io.kodedeploy.cli.options.OutputOptions;
import io.kodedeploy.cli.options.Surroundings;
import io.kodedeploy.cli.record.HostRecords;
import io.kodedeploy.cli.record.HostView;
import io.kodedeploy.core.record.HostRecord;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Removes what is left of a cluster that is gone. */
@Command(
    name = "retire",
    mixinStandardHelpOptions = true,
    description = {
      "Removes what CodeDeploy and IAM still know of a cluster that is gone.",
      "",
      "Deregisters its on-premises instances, so that no deployment waits for them any more, and"
          + " deletes the IAM roles and users that kode init made for them, access keys, and with"
          + " --bucket the reports of its hosts. Without --yes it only says what it would remove."
          + " A run that failed half-way is completed by the next."
    },
    footer = {
      "",
      "Examples:",
      "  kode cluster retire --environment prod --cluster blue --bucket my-bundles",
      "  kode cluster retire --environment prod --cluster blue --bucket my-bundles --yes",
      ""
    })
public final class RetireCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Spec private @Nullable CommandSpec spec;
  @Mixin private ClusterOptions options = new ClusterOptions();
  @Mixin private OutputOptions output = new OutputOptions();

  @Option(
      names = "--bucket",
      paramLabel = "NAME",
      description = "Where hosts report about themselves: a cluster that still does is refused.")
  private @Nullable String bucket;

  @Option(names = "--yes", description = "Remove it; default: only say what would be removed.")
  private boolean yes;

  @Option(names = "--force", description = "Also when a host has reported within 15 minutes.")
  private boolean force;

  /** Runs in these surroundings. */
  public RetireCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    var reporter = output.reporter(requireNonNull(spec));
    var selection = options.selection();
    try (Aws aws = surroundings.aws().get()) {
      var hosts = new ClusterHosts(aws);
      var found = hosts.find(selection);
      refuseLiving(aws, selection, reporter);
      var users = new HostUser(aws, reporter);
      var roles = new HostRole(aws, reporter);
      for (var host : found) {
        if (!yes) {
          reporter.result(
              "would-retire",
              "would remove "
                  + host.name()
                  + host.userArn()
                      .filter(HostUser::isOurs)
                      .or(host::sessionArn)
                      .map(arn -> " and " + arn)
                      .orElse(", whose identity stays"),
              Map.of("host", host.name()));
          continue;
        }
        // Last what the next run finds it by.
        host.userArn().filter(HostUser::isOurs).map(HostUser::nameOf).ifPresent(users::remove);
        host.sessionArn().map(HostRole::nameOf).ifPresent(roles::remove);
        forget(aws, host, selection);
        hosts.deregister(host);
        reporter.progress(
            "host-retired", "retire: " + host.name() + " is gone", Map.of("host", host.name()));
      }
      if (yes && selection.namespace().isEmpty()) {
        roles.remove(Scope.membershipName(selection.environment(), selection.cluster()));
      }
      reporter.result(
          yes ? "retired" : "unchanged",
          yes
              ? "retired: " + found.size() + " hosts of " + selection.words()
              : "nothing is changed; to remove it, run this again with --yes",
          Map.of("cluster", selection.cluster(), "hosts", yes ? found.size() : 0));
    }
    return ExitCode.DONE;
  }

  private void refuseLiving(Aws aws, ClusterOptions.Selection selection, Reporter reporter) {
    if (bucket == null) {
      reporter.progress("retire: without --bucket nobody checks whether the cluster still lives");
      return;
    }
    var now = surroundings.ticker().now();
    List<String> living =
        new HostRecords(aws, bucket)
            .of(selection.environment()).stream()
                .filter(record -> record.cluster().equals(selection.cluster()))
                .filter(
                    record ->
                        selection.namespace().map(record.namespace()::equals).orElse(Boolean.TRUE))
                .filter(record -> !record.unknownAt(now))
                .map(HostView::words)
                .toList();
    if (!living.isEmpty() && !force) {
      throw new CliException(
          Problem.CLUSTER_ALIVE,
          "expected no report within the last 15 minutes, found one of "
              + String.join(", ", living)
              + ".",
          "uninstall the chart there first (helm uninstall), pause the cluster instead, or give"
              + " --force.");
    }
  }

  private void forget(Aws aws, ClusterHost host, ClusterOptions.Selection selection) {
    if (bucket != null) {
      String key = HostRecord.key(selection.environment(), host.namespace(), selection.cluster());
      aws.s3().deleteObject(request -> request.bucket(bucket).key(key));
    }
  }
}
