package io.kodedeploy.cli.demo;

import java.time.Duration;
import java.util.Optional;

/** What the demo's last line says. For one thread. */
final class Outcome {
  private long requests;
  private long failedRequests;
  private Optional<Duration> catchUp = Optional.empty();
  private Optional<Duration> release = Optional.empty();
  private Optional<String> reason = Optional.empty();

  void load(Load.Tally tally) {
    requests = tally.requests();
    failedRequests = tally.failed();
  }

  void catchUp(Duration took) {
    catchUp = Optional.of(took);
  }

  void release(Duration took) {
    release = Optional.of(took);
  }

  /** The first reason stays. */
  void fail(String why) {
    if (reason.isEmpty()) {
      reason = Optional.of(why.replaceAll("\\s+", " "));
    }
  }

  boolean failed() {
    return reason.isPresent() || catchUp.isEmpty() || release.isEmpty();
  }

  String reason() {
    return reason.orElse("the demo did not come to its end");
  }

  String line() {
    return "demo: result=%s requests=%d failed=%d catch_up_seconds=%s release_seconds=%s%s"
        .formatted(
            failed() ? "failed" : "ok",
            requests,
            failedRequests,
            catchUp.map(Narrator::seconds).orElse("none"),
            release.map(Narrator::seconds).orElse("none"),
            failed() ? " reason=\"" + reason().replace('"', '\'') + "\"" : "");
  }
}
