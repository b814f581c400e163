package io.kodedeploy.cli.release;

import static java.util.Objects.requireNonNull;

import io.kodedeploy.cli.aws.Aws;
import io.kodedeploy.cli.console.CliException;
import io.kodedeploy.cli.console.ExitCode;
import io.kodedeploy.cli.console.Problem;
import io.kodedeploy.cli.console.Reporter;
import io.kodedeploy.cli.console.Spans;
import io.kodedeploy.cli.options.ClusterOption;
import io.kodedeploy.cli.options.DeploymentOptions;
import io.kodedeploy.cli.options.OutputOptions;
import io.kodedeploy.cli.options.SpanConverter;
import io.kodedeploy.cli.options.Surroundings;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Sends an application's traffic to one cluster. */
@Command(
    name = "cluster",
    mixinStandardHelpOptions = true,
    description = {
      "Sends an application's traffic to one cluster, in steps, and drains the others.",
      "",
      "Deploys a bundle to the cluster's nodes that only drives traffic, waits until every node is"
          + " healthy behind the load balancer, shifts the weights, and proves each step. A failure"
          + " puts the weights back. A release that was killed is resumed, or rolled back, by the"
          + " next run."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:released",
      "1:failed, and everything is as before",
      "2:wrong usage",
      "3:failed, and not everything could be put back",
      "4:the time is over and the deployment is still running"
    },
    footer = {
      "",
      "Examples:",
      "  kode release cluster --application lb-app-1 --cluster green --bucket my-bundles",
      "  kode release cluster --application lb-app-1 --cluster green --bucket my-bundles \\",
      "      --environment prod --steps 5,25,100 --bake 2m \\",
      "      --probe-url https://shop.example.com/ --probe-expect 'x-cluster: green'",
      ""
    })
public final class ReleaseClusterCommand implements Callable<Integer> {
  private static final Duration RECORDS = Duration.ofSeconds(15);

  private final Surroundings surroundings;

  @Spec private @Nullable CommandSpec spec;
  @Mixin private DeploymentOptions deployment = new DeploymentOptions();
  @Mixin private ClusterOption clusters = new ClusterOption();
  @Mixin private OutputOptions output = new OutputOptions();

  @Option(
      names = "--environment",
      paramLabel = "NAME",
      description = "Requires that the cluster carries the same revisions in every namespace.")
  private @Nullable String environment;

  @Option(
      names = "--steps",
      split = ",",
      paramLabel = "PERCENT",
      defaultValue = "10,50,100",
      description = "Shares of the traffic, rising to 100; default: ${DEFAULT-VALUE}.")
  private List<Integer> steps = List.of(10, 50, 100);

  @Option(
      names = "--bake",
      paramLabel = "TIME",
      defaultValue = "5s",
      converter = SpanConverter.class,
      description = "How long each step is watched; default: ${DEFAULT-VALUE}.")
  private Duration bake = Duration.ofSeconds(5);

  @Option(
      names = "--probe-url",
      paramLabel = "URL",
      description = "Where probes go; default: the load balancer's address when it is plain HTTP.")
  private @Nullable URI probeUrl;

  @Option(
      names = "--probe-expect",
      paramLabel = "TEXT",
      description = "What only this cluster's answers hold, in the body or a \"header: value\".")
  private @Nullable String probeExpect;

  /** Runs in these surroundings. */
  public ReleaseClusterCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws InterruptedException {
    var reporter = output.reporter(requireNonNull(spec));
    validate();
    var started = surroundings.ticker().now();
    try (Aws aws = surroundings.aws().get()) {
      var rules = new TrafficRules(aws);
      var store = new JournalStore(aws, deployment.bucket(), deployment.application());
      var unfinished = new Unfinished(store, reporter, surroundings.ticker());
      var open = unfinished.find(deployment.application());
      var topology = new TopologyFinder(aws, rules).find(deployment.application(), clusters.name());
      if (open.isPresent()
          && (!open.get().cluster().equals(clusters.name()) || open.get().undoing())) {
        unfinished.undo(open.get(), rules);
        open = Optional.empty();
      }
      String releaseId = open.map(Journal::releaseId).orElse(UUID.randomUUID().toString());
      var probes = probes(topology, releaseId, reporter);
      new Preflight(aws, reporter).check(topology, parity(aws, rules, topology, reporter));
      var journal =
          new LiveJournal(
              store,
              surroundings.ticker(),
              open.map(journalled -> journalled.heldBy(Holder.self()))
                  .orElseGet(() -> begin(releaseId, topology, rules)));
      new GuardedRelease(aws, reporter, surroundings.ticker(), rules)
          .run(
              topology,
              new Shift(steps, bake, deployment.timeout(), probes),
              journal,
              deployment.bucket());
      var took = Duration.between(started, surroundings.ticker().now());
      reporter.result(
          "released",
          "released: "
              + clusters.name()
              + " serves "
              + deployment.application()
              + " after "
              + Spans.text(took),
          Map.of(
              "application",
              deployment.application(),
              "cluster",
              clusters.name(),
              "seconds",
              took.toSeconds()));
      return ExitCode.DONE;
    }
  }

  private void validate() {
    deployment.application();
    clusters.name();
    int previous = 0;
    for (int step : steps) {
      if (step <= previous || step > 100) {
        throw misuse("--steps: expected rising percentages from 1 to 100, found " + steps + ".");
      }
      previous = step;
    }
    if (previous != 100) {
      throw misuse("--steps: expected 100 as the last one, found " + steps + ".");
    }
    if (probeUrl != null
        && (probeUrl.getHost() == null
            || !List.of("http", "https").contains(probeUrl.getScheme()))) {
      throw misuse("--probe-url: expected an http or https address, found " + probeUrl + ".");
    }
  }

  private static CliException misuse(String message) {
    return new CliException(Problem.USAGE_INVALID, message, "see kode release cluster --help")
        .exitCode(ExitCode.USAGE);
  }

  /** Hosts write their records a moment after the fact: what is missing is looked at again. */
  private List<Preflight.Finding> parity(
      Aws aws, TrafficRules rules, Topology topology, Reporter reporter)
      throws InterruptedException {
    if (environment == null) {
      return List.of();
    }
    var ticker = surroundings.ticker();
    var parity = new Parity(aws, ticker, deployment.bucket(), reporter);
    var deadline = ticker.now().plus(RECORDS);
    while (true) {
      var serving = topology.serving(rules.weights(topology.rule()));
      var findings =
          parity.findings(deployment.application(), environment, clusters.name(), serving);
      if (findings.isEmpty() || !ticker.now().isBefore(deadline)) {
        return findings;
      }
      ticker.pause(Duration.ofSeconds(1));
    }
  }

  private Journal begin(String releaseId, Topology topology, TrafficRules rules) {
    return new Journal(
        Journal.SCHEMA,
        deployment.application(),
        clusters.name(),
        releaseId,
        Journal.State.RUNNING,
        Holder.self(),
        surroundings.ticker().now().toString(),
        topology.rule().listenerArn(),
        topology.rule().ruleArn(),
        rules.weights(topology.rule()),
        Optional.empty(),
        List.of());
  }

  /** A given address must answer; one we found ourselves may be out of reach from here. */
  private Optional<Probes> probes(Topology topology, String releaseId, Reporter reporter)
      throws InterruptedException {
    var url = Optional.ofNullable(probeUrl).or(topology.rule()::address);
    if (url.isEmpty()) {
      reporter.progress("prove: no --probe-url, so target health is the only proof");
      return Optional.empty();
    }
    var probes = new Probes(url.get(), Optional.ofNullable(probeExpect), releaseId);
    var first = probes.send(1);
    if (probeUrl == null && first.failed() == 1 && !first.example().startsWith("HTTP")) {
      reporter.progress(
          "prove: "
              + url.get()
              + " cannot be reached from here ("
              + first.example()
              + "), so target health is the only proof; give --probe-url");
      return Optional.empty();
    }
    return Optional.of(probes);
  }
}
