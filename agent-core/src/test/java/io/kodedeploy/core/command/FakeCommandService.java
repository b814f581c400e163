package io.kodedeploy.core.command;

import io.kodedeploy.core.conformance.Settings;
import io.kodedeploy.core.conformance.SigningKey;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.protocol.CommandService;
import io.kodedeploy.core.protocol.DeploymentSpecification;
import io.kodedeploy.core.protocol.DeploymentSpecification.Envelope;
import io.kodedeploy.core.protocol.Diagnostics;
import io.kodedeploy.core.protocol.PolledCommand;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** The command service of one host: hands out what it is given and remembers what it is told. */
final class FakeCommandService implements CommandService {
  record Report(String id, Diagnostics diagnostics) {}

  record Acknowledgement(String id, boolean noop) {}

  final List<String> journal = new CopyOnWriteArrayList<>();
  final BlockingQueue<Report> reports = new LinkedBlockingQueue<>();
  final List<Acknowledgement> acknowledgements = new CopyOnWriteArrayList<>();
  final AtomicInteger polls = new AtomicInteger();
  final AtomicInteger pollsAtOnce = new AtomicInteger();
  volatile int mostPollsAtOnce;
  volatile boolean holdsIdlePolls = true;
  volatile Function<String, DeploymentSpecification> specifications = FakeCommandService::signed;
  volatile Optional<String> acknowledgementAnswer = Optional.of("InProgress");
  volatile Optional<AgentException> pollFailure = Optional.empty();
  volatile Optional<AgentException> completeFailure = Optional.empty();
  private final BlockingQueue<Optional<PolledCommand>> queue = new LinkedBlockingQueue<>();

  /** The execution id carries deployment and group: {@code x/x/<group>/<deployment>}. */
  void hand(String id, String event, String group, String deployment) {
    queue.add(
        Optional.of(new PolledCommand(id, Settings.ARN, "x/x/" + group + "/" + deployment, event)));
  }

  void hand(PolledCommand command) {
    queue.add(Optional.of(command));
  }

  static DeploymentSpecification signed(String executionId) {
    return signed(executionId, "{}");
  }

  static DeploymentSpecification signed(String executionId, String overrides) {
    var parts = executionId.split("/", -1);
    String json =
        """
        {"DeploymentId":"%s","DeploymentGroupId":"%s","DeploymentGroupName":"group","ApplicationName":"app","AgentActionOverrides":%s,
         "Revision":{"RevisionType":"S3","S3Revision":{"Bucket":"b","Key":"k.zip","BundleType":"zip"}}}
        """
            .formatted(parts[3], parts[2], overrides);
    return new DeploymentSpecification(
        "CodeDeploy", true, Optional.of(new Envelope("PKCS7/JSON", SigningKey.sign(json))));
  }

  @Override
  public Optional<PolledCommand> poll() throws InterruptedException {
    mostPollsAtOnce = Math.max(mostPollsAtOnce, pollsAtOnce.incrementAndGet());
    try {
      polls.incrementAndGet();
      journal.add("poll");
      if (pollFailure.isPresent()) {
        throw pollFailure.get();
      }
      var next = holdsIdlePolls ? queue.poll(1, TimeUnit.MINUTES) : queue.poll();
      return next == null ? Optional.empty() : next;
    } finally {
      pollsAtOnce.decrementAndGet();
    }
  }

  @Override
  public void abortPoll() {
    queue.add(Optional.empty());
  }

  @Override
  public DeploymentSpecification specification(String deploymentExecutionId) {
    journal.add("specification");
    return specifications.apply(deploymentExecutionId);
  }

  @Override
  public Optional<String> acknowledge(String hostCommandIdentifier, boolean noop) {
    journal.add("acknowledge " + noop);
    acknowledgements.add(new Acknowledgement(hostCommandIdentifier, noop));
    return acknowledgementAnswer;
  }

  @Override
  public void complete(String hostCommandIdentifier, Diagnostics diagnostics) {
    journal.add("complete " + diagnostics.code());
    if (completeFailure.isPresent()) {
      throw completeFailure.get();
    }
    reports.add(new Report(hostCommandIdentifier, diagnostics));
  }

  Report report() throws InterruptedException {
    var report = reports.poll(20, TimeUnit.SECONDS);
    if (report == null) {
      throw new AssertionError("no report within 20 s, but " + journal);
    }
    return report;
  }

  static AgentException failure(ErrorCode code) {
    return new AgentException(code, "scripted");
  }

  @Override
  public String endpoint() {
    return "http://fake";
  }

  @Override
  public void close() {
    abortPoll();
  }
}
