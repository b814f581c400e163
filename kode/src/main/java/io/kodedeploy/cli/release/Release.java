package io.kodedeploy.cli.release;

import io.kodedeploy.cli.aws.Aws;
import io.kodedeploy.cli.balancing.TargetHealth;
import io.kodedeploy.cli.bundle.AppSpecText;
import io.kodedeploy.cli.bundle.BundleFile;
import io.kodedeploy.cli.bundle.BundleZip;
import io.kodedeploy.cli.codedeploy.DeploymentEnd;
import io.kodedeploy.cli.codedeploy.DeploymentOrder;
import io.kodedeploy.cli.codedeploy.Deployments;
import io.kodedeploy.cli.codedeploy.Revisions;
import io.kodedeploy.cli.console.CliException;
import io.kodedeploy.cli.console.ExitCode;
import io.kodedeploy.cli.console.Problem;
import io.kodedeploy.cli.console.Reporter;
import io.kodedeploy.cli.console.Spans;
import io.kodedeploy.cli.console.Ticker;
import io.kodedeploy.cli.naming.Keys;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The release itself, from the first change to the last. Every change is in the journal before it
 * is made; on any failure the caller rolls back by {@link Rollback}. For one thread.
 */
final class Release {
  private static final Duration HEALTH_INTERVAL = Duration.ofSeconds(1);

  private final Aws aws;
  private final Reporter reporter;
  private final Ticker ticker;
  private final TrafficRules rules;
  private final Topology topology;
  private final Shift shift;
  private final LiveJournal journal;
  private final Proof proof;

  Release(
      Aws aws,
      Reporter reporter,
      Ticker ticker,
      TrafficRules rules,
      Topology topology,
      Shift shift,
      LiveJournal journal) {
    this.aws = aws;
    this.reporter = reporter;
    this.ticker = ticker;
    this.rules = rules;
    this.topology = topology;
    this.shift = shift;
    this.journal = journal;
    this.proof = new Proof(shift.probes(), reporter, ticker);
  }

  /**
   * Runs or resumes.
   *
   * @param bucket for the bundle
   * @throws CliException when a step fails; what is then in the journal can be undone
   */
  void run(String bucket) throws InterruptedException {
    attach();
    int targets = deploy(bucket);
    awaitHealthy(targets);
    boolean served = !topology.serving(journal.now().before()).isEmpty();
    var live = rules.weights(topology.rule());
    for (int percent : WeightPlan.ahead(shift.steps(), live, topology.own().arn())) {
      step(percent, targets, served);
    }
    if (WeightPlan.share(live, topology.own().arn()) == 100) {
      proof.run(100, served); // already there: nothing to shift, but the proof is still due
    }
    drained();
  }

  /** A target group outside the rule is not checked by the load balancer: weight 0 first. */
  private void attach() {
    var live = rules.weights(topology.rule());
    if (live.containsKey(topology.own().arn())) {
      return;
    }
    var weights = new LinkedHashMap<>(live);
    weights.put(topology.own().arn(), 0);
    change("attach target group " + topology.own().targetGroup() + " with weight 0", weights);
  }

  private int deploy(String bucket) throws InterruptedException {
    var own = topology.own();
    var deployments = new Deployments(aws, reporter, ticker);
    var deadline = ticker.now().plus(shift.timeout());
    var now = journal.now();
    String application = now.application();
    String mark = "kode release " + now.releaseId();
    var known = now.deploymentId().or(() -> deployments.find(application, own.name(), mark));
    String id;
    if (known.isPresent()) {
      id = known.get();
      reporter.progress("deploy: going on with " + id);
    } else {
      var bundle =
          BundleZip.of(
              List.of(
                  BundleFile.text(
                      AppSpecText.FILE, AppSpecText.traffic(own.targetGroup(), own.port()))));
      var revision =
          new Revisions(aws, reporter)
              .push(application, bucket, Keys.nodeBundle(application, bundle.sha256()), bundle);
      journal.add("deploy the node bundle to group " + own.name(), Map.of(), Map.of());
      boolean idle = now.before().getOrDefault(own.arn(), 0) == 0;
      id =
          deployments.create(
              new DeploymentOrder(
                  application,
                  own.name(),
                  revision,
                  mark,
                  // Nodes without traffic may all be out of service at once.
                  idle ? Optional.of("CodeDeployDefault.AllAtOnce") : Optional.empty()),
              deadline);
    }
    journal.deployedBy(id);
    return judge(deployments, deployments.watch(id, deadline));
  }

  private int judge(Deployments deployments, DeploymentEnd end) {
    return switch (end) {
      case DeploymentEnd.Succeeded(var id, var targets) -> {
        reporter.progress(
            "deployed",
            "deploy: " + id + " succeeded on all " + targets.size() + " nodes",
            Map.of("deploymentId", id, "succeeded", targets.size()));
        yield targets.size();
      }
      case DeploymentEnd.Failed failed -> {
        deployments.explain(failed);
        var failure =
            new CliException(
                Problem.DEPLOYMENT_FAILED,
                failed.id()
                    + ": "
                    + failed.targets().stream().filter(t -> t.succeeded()).count()
                    + " of "
                    + failed.targets().size()
                    + " nodes succeeded; CodeDeploy calls it "
                    + failed.status()
                    + (failed.reason().isEmpty() ? "" : " (" + failed.reason() + ")")
                    + ".",
                "correct what failed above and release again.");
        // Nodes that served may now be out of service, and no weight brings them back.
        throw journal.now().before().getOrDefault(topology.own().arn(), 0) > 0
            ? failure.exitCode(ExitCode.NOT_ROLLED_BACK)
            : failure;
      }
      case DeploymentEnd.StillRunning(var id, _) ->
          throw new CliException(
                  Problem.DEPLOYMENT_RUNNING,
                  id + " is still running after " + Spans.text(shift.timeout()) + ".",
                  "run the same command again: it goes on from here.")
              .exitCode(ExitCode.STILL_RUNNING);
    };
  }

  private void awaitHealthy(int targets) throws InterruptedException {
    var deadline = ticker.now().plus(Duration.ofMinutes(3));
    while (true) {
      var health = TargetHealth.of(aws, topology.own().arn());
      if (health.atLeast(targets)) {
        reporter.progress(
            "healthy",
            "check: target group " + topology.own().targetGroup() + " has " + health.words(),
            Map.of("targetGroup", topology.own().targetGroup(), "healthy", health.healthy()));
        return;
      }
      if (!ticker.now().isBefore(deadline)) {
        throw unhealthy(targets, health);
      }
      ticker.pause(HEALTH_INTERVAL);
    }
  }

  private void requireHealthy(int targets) {
    var health = TargetHealth.of(aws, topology.own().arn());
    if (!health.atLeast(targets)) {
      throw unhealthy(targets, health);
    }
  }

  private CliException unhealthy(int targets, TargetHealth health) {
    return new CliException(
        Problem.TARGETS_UNHEALTHY,
        "target group "
            + topology.own().targetGroup()
            + " must have "
            + targets
            + " healthy targets and no other, found "
            + health.words()
            + ".",
        "look at the nodes named and at the target group's health check, then release again.");
  }

  private void step(int percent, int targets, boolean served) throws InterruptedException {
    requireHealthy(targets);
    change(
        "shift to " + percent + " %",
        WeightPlan.at(journal.now().before(), topology.own().arn(), percent));
    var until = ticker.now().plus(shift.bake());
    while (ticker.now().isBefore(until)) {
      ticker.pause(min(HEALTH_INTERVAL, Duration.between(ticker.now(), until)));
      requireHealthy(targets);
    }
    proof.run(percent, served);
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private void change(String what, Map<String, Integer> weights) {
    var live = rules.weights(topology.rule());
    if (!journal.now().explains(live)) {
      throw new CliException(
          Problem.WEIGHTS_CHANGED,
          "the weights must be as this release left them, found " + topology.words(live) + ".",
          "find out who else changes " + topology.rule().arn() + ", then release again.");
    }
    journal.add(what, weights, live);
    rules.set(topology.rule(), weights);
    reporter.progress(
        "weights",
        "shift: " + what + ": " + topology.words(weights),
        Map.of("change", what, "weights", weights));
  }

  private void drained() {
    for (var peer : topology.serving(journal.now().before())) {
      var health = TargetHealth.of(aws, peer.arn());
      reporter.progress(
          "drained",
          "drain: "
              + peer.targetGroup()
              + " gets no new request and stays warm ("
              + health.words()
              + ")",
          Map.of("targetGroup", peer.targetGroup(), "healthy", health.healthy()));
    }
  }
}
