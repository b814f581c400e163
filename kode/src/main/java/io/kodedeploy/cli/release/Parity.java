package io.kodedeploy.cli.release;

import io.kodedeploy.cli.aws.Aws;
import io.kodedeploy.cli.console.Reporter;
import io.kodedeploy.cli.console.Ticker;
import io.kodedeploy.cli.naming.Keys;
import io.kodedeploy.cli.record.HostRecords;
import io.kodedeploy.cli.record.HostView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whether a cluster carries in every namespace what the serving clusters carry. */
final class Parity {
  private final Aws aws;
  private final Ticker ticker;
  private final String bucket;
  private final Reporter reporter;

  Parity(Aws aws, Ticker ticker, String bucket, Reporter reporter) {
    this.aws = aws;
    this.ticker = ticker;
    this.bucket = bucket;
    this.reporter = reporter;
  }

  List<Preflight.Finding> findings(
      String application, String environment, String cluster, List<ReleaseGroup> serving) {
    var records = new HostRecords(aws, bucket).of(environment);
    var findings = new ArrayList<Preflight.Finding>();
    var own = records.stream().filter(record -> record.cluster().equals(cluster)).toList();
    if (own.isEmpty()) {
      findings.add(
          new Preflight.Finding(
              "cluster "
                  + cluster
                  + " must have host records in s3://"
                  + bucket
                  + "/"
                  + Keys.hostRecords(environment)
                  + ", found none.",
              "install its namespace agents (kode init, helm) and set their bucket."));
    }
    own.forEach(record -> condition(record, findings));
    var expected =
        records.stream()
            .filter(
                record ->
                    serving.stream()
                        .anyMatch(
                            group ->
                                group
                                    .name()
                                    .equals(Keys.releaseGroup(application, record.cluster()))))
            .toList();
    for (var record : expected) {
      compare(record, find(own, record.namespace()), cluster, findings);
    }
    if (findings.isEmpty()) {
      reporter.progress(
          "parity",
          "preflight: "
              + cluster
              + " carries what the serving clusters carry, in "
              + own.size()
              + " namespaces",
          Map.of("cluster", cluster, "namespaces", own.size()));
    }
    return findings;
  }

  private void condition(HostView record, List<Preflight.Finding> findings) {
    if (record.unknownAt(ticker.now())) {
      findings.add(
          new Preflight.Finding(
              record.words()
                  + " must have a record younger than 15 minutes, found one of "
                  + record.written()
                  + ".",
              "look at the namespace's agent: it does not report."));
      return;
    }
    record
        .applications()
        .forEach(
            (name, state) -> {
              if (!state.ready()) {
                findings.add(
                    new Preflight.Finding(
                        record.words()
                            + ": application "
                            + name
                            + " must be ready, found "
                            + (state.reason().isEmpty() ? "that it is not" : state.reason())
                            + ".",
                        "let the cluster catch up, or deploy the application again."));
              }
            });
  }

  private void compare(
      HostView serving, Optional<HostView> own, String cluster, List<Preflight.Finding> findings) {
    if (own.isEmpty()) {
      findings.add(
          new Preflight.Finding(
              "cluster "
                  + cluster
                  + " must have namespace "
                  + serving.namespace()
                  + " as cluster "
                  + serving.cluster()
                  + " has, found no record.",
              "kode init --cluster "
                  + cluster
                  + " --environment "
                  + serving.environment()
                  + " --namespace "
                  + serving.namespace()
                  + ", then install its agent."));
      return;
    }
    serving
        .applications()
        .forEach(
            (name, state) -> {
              var ours = own.get().applications().get(name);
              if (ours == null || !ours.same(state)) {
                findings.add(
                    new Preflight.Finding(
                        own.get().words()
                            + ": application "
                            + name
                            + " must be "
                            + state.installed()
                            + " as in cluster "
                            + serving.cluster()
                            + ", found "
                            + (ours == null ? "none" : ours.installed())
                            + ".",
                        "let the cluster catch up, or deploy the application to both."));
              }
            });
  }

  private static Optional<HostView> find(List<HostView> records, String namespace) {
    return records.stream().filter(record -> record.namespace().equals(namespace)).findFirst();
  }
}
