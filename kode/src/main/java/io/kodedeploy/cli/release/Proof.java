package io.kodedeploy.cli.release;

import io.kodedeploy.cli.console.CliException;
import io.kodedeploy.cli.console.Problem;
import io.kodedeploy.cli.console.Reporter;
import io.kodedeploy.cli.console.Ticker;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Shows through the load balancer that a cluster answers its share. Without probes: nothing. */
final class Proof {
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  /** A load balancer takes a while to follow new weights. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Optional<Probes> probes;
  private final Reporter reporter;
  private final Ticker ticker;

  Proof(Optional<Probes> probes, Reporter reporter, Ticker ticker) {
    this.probes = probes;
    this.reporter = reporter;
    this.ticker = ticker;
  }

  /**
   * Sends probes until their share fits, within reason.
   *
   * @param percent the cluster's share of the traffic
   * @param served whether anything served before the release: then no probe may fail at all
   * @throws CliException with {@code proof-failed}
   */
  void run(int percent, boolean served) throws InterruptedException {
    if (probes.isPresent()) {
      run(probes.get(), percent, served);
    }
  }

  private void run(Probes probes, int percent, boolean served) throws InterruptedException {
    var deadline = ticker.now().plus(PATIENCE);
    while (true) {
      var sample = probes.send(Probes.enough(percent));
      boolean marks = probes.expected().isPresent();
      boolean fits = marks ? sample.fits(percent) : sample.failed() == 0;
      // While nothing served before, the first answers may still be the load balancer's own 503.
      boolean broken = sample.failed() > 0 && served;
      if (fits || broken || !ticker.now().isBefore(deadline)) {
        report(percent, sample, marks);
        if (!fits) {
          throw disproved(percent, sample, marks);
        }
        return;
      }
      ticker.pause(INTERVAL);
    }
  }

  private void report(int percent, Probes.Sample sample, boolean marks) {
    reporter.progress(
        "probes",
        "prove: "
            + (marks
                ? sample.marked() + " of " + sample.sent() + " probes answered by the cluster"
                : sample.sent() + " probes answered (no --probe-expect: the share is not proved)")
            + " at "
            + percent
            + " %, "
            + sample.failed()
            + " failed",
        Map.of(
            "percent", percent,
            "sent", sample.sent(),
            "marked", sample.marked(),
            "failed", sample.failed()));
  }

  private CliException disproved(int percent, Probes.Sample sample, boolean marks) {
    return new CliException(
        Problem.PROOF_FAILED,
        "of "
            + sample.sent()
            + " probes "
            + (marks ? percent + " % were expected from the cluster, found " + sample.marked() : "")
            + (marks ? "; " : "")
            + "none may fail, found "
            + sample.failed()
            + (sample.example().isEmpty() ? "" : " (" + sample.example() + ")")
            + ".",
        "look at the cluster's application and at --probe-url and --probe-expect.");
  }
}
