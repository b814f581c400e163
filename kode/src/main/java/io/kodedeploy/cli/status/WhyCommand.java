package io.kodedeploy.cli.status;

import static java.util.Objects.requireNonNull;

import io.kodedeploy.cli.aws.Aws;
import io.kodedeploy.cli.console.CliException;
import io.kodedeploy.cli.console.ExitCode;
import io.kodedeploy.cli.console.Problem;
import io.kodedeploy.cli.console.Reporter;
import io.kodedeploy.cli.naming.Scope;
import io.kodedeploy.cli.options.OutputOptions;
import io.kodedeploy.cli.options.ScopeOptions;
import io.kodedeploy.cli.options.Surroundings;
import io.kodedeploy.cli.record.HostRecords;
import io.kodedeploy.cli.record.HostView;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says why a namespace does not have what it should have. */
@Command(
    name = "why",
    mixinStandardHelpOptions = true,
    description = {
      "Says, for every cluster, why an application is not what it should be, and what to do.",
      "",
      "Reads what the hosts report about themselves; no kubeconfig is needed. Exit code 0 when"
          + " every host that was asked about is current, 1 when one is not or is silent."
    },
    footer = {
      "",
      "Examples:",
      "  kode why --application cart --environment prod --namespace shop --bucket my-bundles",
      "  kode why --application cart --environment prod --namespace shop --cluster blue --bucket"
          + " my-bundles",
      ""
    })
public final class WhyCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Spec private @Nullable CommandSpec spec;
  @Mixin private OutputOptions output = new OutputOptions();
  @Mixin private ScopeOptions scopes = new ScopeOptions();

  @Option(
      names = "--application",
      required = true,
      paramLabel = "NAME",
      description = "CodeDeploy application.")
  private String application = "";

  @Option(names = "--cluster", paramLabel = "NAME", description = "This cluster only.")
  private @Nullable String cluster;

  @Option(
      names = "--bucket",
      required = true,
      paramLabel = "NAME",
      description = "Where hosts report about themselves.")
  private String bucket = "";

  /** Runs in these surroundings. */
  public WhyCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /**
   * What is the matter with one host.
   *
   * @param state current, behind, unknown or absent
   * @param remedy empty when there is nothing to do, or when the reason says it already
   */
  record Finding(String cluster, String state, String reason, String remedy) {
    boolean good() {
      return state.equals("current");
    }
  }

  @Override
  public Integer call() {
    var reporter = output.reporter(requireNonNull(spec));
    var scope = scopes.scope(Optional.ofNullable(cluster));
    try (Aws aws = surroundings.aws().get()) {
      var records =
          new HostRecords(aws, bucket)
              .of(scope.environment()).stream()
                  .filter(record -> record.namespace().equals(scope.namespace()))
                  .filter(record -> cluster == null || cluster.equals(record.cluster()))
                  .sorted(Comparator.comparing(HostView::cluster))
                  .toList();
      if (records.isEmpty()) {
        throw neverReported(scope);
      }
      var findings = records.stream().map(record -> finding(record, scope)).toList();
      findings.forEach(finding -> report(reporter, finding));
      return findings.stream().allMatch(Finding::good) ? ExitCode.DONE : ExitCode.FAILED;
    }
  }

  private CliException neverReported(Scope scope) {
    return new CliException(
        Problem.HOST_MISSING,
        "expected a report of namespace "
            + scope.namespace()
            + scope.cluster().map(name -> " of cluster " + name).orElse("")
            + " below s3://"
            + bucket
            + "/kodedeploy-status/"
            + scope.environment()
            + "/, found none.",
        "see that the chart is installed there and its value bucket is "
            + bucket
            + "; kode status shows which hosts CodeDeploy knows.");
  }

  private Finding finding(HostView record, Scope scope) {
    Instant now = surroundings.ticker().now();
    if (record.unknownAt(now)) {
      return new Finding(
          record.cluster(),
          "unknown",
          "the host has not reported for "
              + Duration.between(record.written(), now).toMinutes()
              + " minutes (expected: every 5)",
          "look at the agent: kubectl -n "
              + scope.namespace()
              + " logs deployment/kodedeploy-agent. Is the cluster gone for good: kode"
              + " cluster retire --environment "
              + scope.environment()
              + " --cluster "
              + record.cluster());
    }
    var state = record.applications().get(application);
    if (state == null) {
      return new Finding(
          record.cluster(),
          "absent",
          "the host knows no application "
              + application
              + "; it knows "
              + List.copyOf(record.applications().keySet()),
          "deploy it once: kode deploy --application "
              + application
              + " --environment "
              + scope.environment()
              + " --namespace "
              + scope.namespace()
              + "; if that was done, the host's accept.groups and accept.sources may leave it out");
    }
    return state.ready() && state.reason().isEmpty()
        ? new Finding(record.cluster(), "current", "installed " + state.installed(), "")
        : new Finding(
            record.cluster(),
            "behind",
            (state.reason().isEmpty() ? "it is not ready yet" : state.reason())
                + " (wanted "
                + words(state.wanted())
                + ", installed "
                + words(state.installed())
                + ")",
            "");
  }

  private static String words(String revision) {
    return revision.isEmpty() ? "nothing" : revision;
  }

  private static void report(Reporter reporter, Finding finding) {
    reporter.result(
        "why",
        "cluster "
            + finding.cluster()
            + ": "
            + finding.state()
            + ": "
            + finding.reason()
            + (finding.remedy().isEmpty() ? "" : "\n  to do: " + finding.remedy()),
        Map.of(
            "cluster", finding.cluster(),
            "state", finding.state(),
            "reason", finding.reason(),
            "remedy", finding.remedy()));
  }
}
