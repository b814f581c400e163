package io.kodedeploy.core.command;

import io.kodedeploy.core.conformance.Settings;
import io.kodedeploy.core.protocol.CommandService;
import io.kodedeploy.core.protocol.DeploymentSpecification;
import io.kodedeploy.core.protocol.Diagnostics;
import io.kodedeploy.core.protocol.PolledCommand;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The command service over the lives of several agents: hands out the events of its deployments one
 * by one, again what was never acknowledged, never again what was; the first report of a command
 * counts (codedeploy-service.md, delivery).
 */
final class ServiceOfRecord {
  private static final List<String> EVENTS =
      List.of(
          "ApplicationStop",
          "DownloadBundle",
          "BeforeInstall",
          "Install",
          "AfterInstall",
          "ApplicationStart",
          "ValidateService");

  /** Every report of every command, in the order in which they came. */
  final Map<String, List<Diagnostics>> reports = new LinkedHashMap<>();

  /** Deployments that went through all their events. */
  final List<String> succeeded = new ArrayList<>();

  private final List<String> deployments;
  private final Map<String, DeploymentSpecification> specifications = new LinkedHashMap<>();
  private int deployment;
  private int event;
  private boolean acknowledged;
  private @Nullable Line handedTo;

  ServiceOfRecord(List<String> deployments) {
    this.deployments = deployments;
    deployments.forEach(
        id ->
            specifications.put(
                "x/x/G/" + id, FakeCommandService.signed("x/x/G/" + id))); // signing is slow
  }

  /** The line of one agent to the service. */
  Line line(KillSwitch life) {
    return new Line(life);
  }

  synchronized boolean done() {
    return deployment == deployments.size();
  }

  synchronized boolean awaitDone(long millis) throws InterruptedException {
    long end = System.nanoTime() + millis * 1_000_000;
    while (!done() && System.nanoTime() < end) {
      wait(10);
    }
    return done();
  }

  private String id() {
    return deployments.get(deployment) + ":" + EVENTS.get(event);
  }

  private synchronized Optional<PolledCommand> next(Line line) throws InterruptedException {
    while (!line.hungUp && (done() || acknowledged || line == handedTo)) {
      wait();
    }
    if (line.hungUp) {
      return Optional.empty();
    }
    handedTo = line;
    return Optional.of(
        new PolledCommand(
            id(), Settings.ARN, "x/x/G/" + deployments.get(deployment), EVENTS.get(event)));
  }

  private synchronized Optional<String> acknowledge(String id, boolean noop) {
    if (done() || !id.equals(id())) {
      return Optional.of("Succeeded");
    }
    if (noop) {
      forward(true);
      return Optional.of("Succeeded");
    }
    acknowledged = true;
    return Optional.of("InProgress");
  }

  private synchronized void complete(String id, Diagnostics diagnostics) {
    reports.computeIfAbsent(id, _ -> new ArrayList<>()).add(diagnostics);
    if (!done() && id.equals(id())) {
      forward(diagnostics.code().number() == 0);
    }
  }

  private void forward(boolean good) {
    event++;
    if (event == EVENTS.size() && good) {
      succeeded.add(deployments.get(deployment));
    }
    if (event == EVENTS.size() || !good) {
      event = 0;
      deployment++;
    }
    acknowledged = false;
    handedTo = null;
    notifyAll();
  }

  /** Calls of one agent; each has a point before and after its effect. */
  final class Line implements CommandService {
    private final KillSwitch life;
    private volatile boolean hungUp;

    private Line(KillSwitch life) {
      this.life = life;
    }

    @Override
    public Optional<PolledCommand> poll() throws InterruptedException {
      var command = next(this);
      life.point();
      return command;
    }

    @Override
    public void abortPoll() {
      hungUp = true;
      synchronized (ServiceOfRecord.this) {
        ServiceOfRecord.this.notifyAll();
      }
    }

    @Override
    public DeploymentSpecification specification(String deploymentExecutionId) {
      life.point();
      return java.util.Objects.requireNonNull(specifications.get(deploymentExecutionId));
    }

    @Override
    public Optional<String> acknowledge(String hostCommandIdentifier, boolean noop) {
      life.point();
      var answer = ServiceOfRecord.this.acknowledge(hostCommandIdentifier, noop);
      life.point();
      return answer;
    }

    @Override
    public void complete(String hostCommandIdentifier, Diagnostics diagnostics) {
      life.point();
      ServiceOfRecord.this.complete(hostCommandIdentifier, diagnostics);
      life.point();
    }

    @Override
    public String endpoint() {
      return "http://record";
    }

    @Override
    public void close() {
      abortPoll();
    }
  }
}
