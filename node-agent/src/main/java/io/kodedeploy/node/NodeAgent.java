package io.kodedeploy.node;

import io.kodedeploy.core.command.Host;
import io.kodedeploy.core.command.HostListener;
import io.kodedeploy.core.command.HostObservation;
import io.kodedeploy.core.command.HostSettings;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.identity.Ec2Identity;
import io.kodedeploy.core.identity.Ec2Metadata;
import io.kodedeploy.core.identity.HostIdentity;
import io.kodedeploy.core.observe.AgentHealth;
import io.kodedeploy.core.observe.AgentMetrics;
import io.kodedeploy.core.observe.ObserveServer;
import io.kodedeploy.core.spec.DeploymentSpec;
import io.kodedeploy.core.store.DeploymentPaths;
import io.kodedeploy.core.store.FolderNotes;
import io.kodedeploy.node.NodeAgentMain.Configuration;
import io.kodedeploy.node.elb.AwsClients;
import io.kodedeploy.node.elb.CodeDeployGroups;
import io.kodedeploy.node.elb.ElbTargets;
import io.kodedeploy.node.node.KubernetesAccess;
import io.kodedeploy.node.node.NodeCluster;
import io.kodedeploy.node.progress.ApplicationLedger;
import io.kodedeploy.node.progress.DeploymentEnd;
import io.kodedeploy.node.progress.DeploymentProgress;
import io.kodedeploy.node.traffic.NodeRecordFile;
import io.kodedeploy.node.traffic.Pause;
import io.kodedeploy.node.traffic.TargetStates;
import io.kodedeploy.node.traffic.TargetWatch;
import io.kodedeploy.node.traffic.TrafficControl;
import io.kodedeploy.node.traffic.TrafficStep;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** The parts of a node agent and their order: what the process is made of, on one page. */
final class NodeAgent implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NodeAgent.class);
  private static final Duration LONGEST_IDENTITY_WAIT = Duration.ofSeconds(30);

  private final Configuration configuration;
  private final Map<String, String> environment;
  private final String version;
  private final StateFolder state;
  private final Clock clock = Clock.systemUTC();
  private final AgentHealth health = new AgentHealth(clock);
  private final AgentMetrics metrics;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile Optional<Working> working = Optional.empty();
  private volatile String identityProblem = "asking the instance metadata";
  private Optional<ObserveServer> server = Optional.empty();

  private NodeAgent(
      Configuration configuration,
      Map<String, String> environment,
      String version,
      StateFolder state) {
    this.configuration = configuration;
    this.environment = environment;
    this.version = version;
    this.state = state;
    this.metrics = new AgentMetrics(Map.of(), version);
  }

  /**
   * Takes the state folder; nothing is sent yet.
   *
   * @throws AgentException {@code state-locked} when another agent holds it
   */
  static NodeAgent open(
      Configuration configuration, Map<String, String> environment, String version) {
    var folder = configuration.node().stateFolder(configuration.agent().rootDirectory());
    return new NodeAgent(configuration, environment, version, StateFolder.open(folder));
  }

  /** Works until {@link #stop}; returns when running commands have ended. */
  void run() throws InterruptedException {
    var identity = identity();
    if (identity.isEmpty()) {
      return;
    }
    configuration.agent().checkRegion(identity.get().region());
    try (var parts = new Working(identity.get())) {
      working = Optional.of(parts);
      if (stopped.getCount() == 0) {
        return;
      }
      serve();
      parts.run();
    } finally {
      server.ifPresent(ObserveServer::close);
    }
  }

  /** No new work from now on. Any thread. */
  void stop() {
    stopped.countDown();
    working.ifPresent(w -> w.host.stop());
  }

  @Override
  public void close() {
    state.close();
  }

  /** The first poll must not wait for the web server: it starts on a thread of its own. */
  private void serve() {
    if (server.isEmpty()) {
      var common = configuration.node().common();
      server =
          Optional.of(
              ObserveServer.start(
                  common.serverPort(), common.serverAddress(), health, metrics, this::status));
    }
  }

  private JsonNode status() {
    return working
        .map(Working::status)
        .orElseGet(() -> NodeStatus.starting(version, identityProblem));
  }

  /** Asks the metadata until it answers; empty when the agent was stopped before. */
  private Optional<HostIdentity> identity() throws InterruptedException {
    var metadata = Ec2Metadata.of(environment, configuration.agent().imdsV1Disabled());
    for (int attempt = 0; ; attempt++) {
      try {
        var identity = Ec2Identity.discover(metadata, environment);
        if (identity.instance().isEmpty()) {
          throw new AgentException(
              ErrorCode.IDENTITY_UNAVAILABLE, "the metadata names no instance: " + identity);
        }
        health.fine("identity");
        return Optional.of(identity);
      } catch (AgentException e) {
        identityProblem = e.code().id() + ": " + e.getMessage();
        health.problem("identity", identityProblem);
        log.atError()
            .addKeyValue("code", e.code().id())
            .addKeyValue("reason", e.getMessage())
            .log("identity unknown, asking again");
        serve();
      }
      long wait =
          Math.min(
              Duration.ofSeconds(1L << Math.min(attempt, 5)).toMillis(),
              LONGEST_IDENTITY_WAIT.toMillis());
      if (stopped.await(wait, TimeUnit.MILLISECONDS)) {
        return Optional.empty();
      }
    }
  }

  /** Everything that needs an identity. */
  private final class Working implements AutoCloseable, DeploymentEnd {
    private final AwsClients clients;
    private final NodeCluster cluster;
    private final ApplicationLedger ledger;
    private final TrafficControl traffic;
    private final TargetWatch watch;
    private final Host host;

    Working(HostIdentity identity) {
      var random = RandomGenerator.getDefault();
      var node = configuration.node();
      String instanceId = identity.instance().orElseThrow().instanceId();
      clients = new AwsClients(identity.region(), identity.credentials(), metrics::awsCall);
      cluster =
          new NodeCluster(
              KubernetesAccess.find(node.kubeconfig(), environment),
              Optional.ofNullable(environment.get("NODE_NAME")).filter(n -> !n.isBlank()),
              instanceId,
              clock);
      ledger = ApplicationLedger.open(state.path());
      var elb = new ElbTargets(clients, instanceId, clock, Pause.REAL, random);
      traffic =
          new TrafficControl(
              elb,
              new CodeDeployGroups(clients, clock, Pause.REAL, random),
              cluster,
              NodeRecordFile.open(state.path()),
              new TargetStates(),
              node.traffic(),
              clock,
              Pause.REAL,
              random);
      watch = new TargetWatch(traffic, elb, clock, Pause.REAL, random);
      var gauges = new NodeGauges(metrics, clock);
      metrics.beforeScrape(() -> gauges.refresh(ledger, traffic.states()));
      var observation = new HostObservation(health, metrics, clock);
      var paths = new DeploymentPaths(configuration.agent().rootDirectory());
      var progress =
          new DeploymentProgress(
              ledger,
              spec ->
                  TrafficControl.lastEvent(
                      paths.deployment(spec.deploymentGroupId(), spec.deploymentId())),
              this,
              clock);
      host =
          Host.open(
              new HostSettings(
                  configuration.agent(),
                  environment,
                  node.hooks(),
                  node.acceptance(),
                  Optional.of(new FolderNotes(state.path().resolve("notes")))),
              identity,
              TrafficStep.of(traffic),
              HostListener.both(observation, progress),
              metrics::awsCall);
      observation.watch(identity, host::stopping);
    }

    void run() throws InterruptedException {
      configuration.log();
      var watching = Thread.ofVirtual().name("target-watch").start(watch);
      health.markStarted();
      try {
        host.run();
      } finally {
        watching.interrupt();
      }
    }

    JsonNode status() {
      return NodeStatus.of(version, host.status(), ledger, traffic, cluster);
    }

    @Override
    public void succeeded(DeploymentSpec spec) {
      cluster.event(
          NodeCluster.EventType.NORMAL,
          "DeploymentSucceeded",
          "deployment "
              + spec.deploymentId()
              + " of "
              + spec.applicationName()
              + " ("
              + spec.deploymentGroupName()
              + ") succeeded on this node");
    }

    @Override
    public void failed(DeploymentSpec spec, String event, String cause) {
      cluster.event(
          NodeCluster.EventType.WARNING,
          "DeploymentFailed",
          "deployment "
              + spec.deploymentId()
              + " of "
              + spec.applicationName()
              + " ("
              + spec.deploymentGroupName()
              + ") failed in "
              + event
              + ": "
              + cause);
    }

    @Override
    public void close() {
      host.close();
      cluster.close();
      clients.close();
    }
  }
}
