package io.kodedeploy.cli.agent;

import io.kodedeploy.core.command.Host;
import io.kodedeploy.core.command.HostListener;
import io.kodedeploy.core.command.HostObservation;
import io.kodedeploy.core.command.HostSettings;
import io.kodedeploy.core.config.CodeDeployAgentConfig;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.identity.Ec2Identity;
import io.kodedeploy.core.identity.Ec2Metadata;
import io.kodedeploy.core.identity.HostIdentity;
import io.kodedeploy.core.identity.OnPremisesIdentity;
import io.kodedeploy.core.observe.AgentHealth;
import io.kodedeploy.core.observe.AgentMetrics;
import io.kodedeploy.core.observe.ObserveServer;
import io.kodedeploy.core.protocol.CallListener;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/** One CodeDeploy host of a plain machine, from its identity to its last report. */
final class PlainHost {
  private static final Logger log = LoggerFactory.getLogger(PlainHost.class);
  private static final String LOOPBACK = "127.0.0.1";
  private static final int LONGEST_WAIT = 5; // 2^5 = 32 seconds between questions

  private final CodeDeployAgentConfig config;
  private final Map<String, String> environment;
  private final AgentState state;
  private final StopSignal stop;

  PlainHost(
      CodeDeployAgentConfig config,
      Map<String, String> environment,
      AgentState state,
      StopSignal stop) {
    this.config = config;
    this.environment = environment;
    this.state = state;
    this.stop = stop;
  }

  /**
   * Works until it is told to stop; running commands have ended then, or their time is over.
   *
   * @param healthPort port of health, metrics and status on loopback, when they are wanted
   * @throws AgentException {@code identity-invalid}, {@code state-locked}
   */
  void run(OptionalInt healthPort, String version) throws InterruptedException {
    var found = identity();
    if (found.isEmpty()) {
      return;
    }
    var identity = found.get();
    config.checkRegion(identity.region());
    var settings =
        new HostSettings(
            config,
            OnPremisesIdentity.variables(config.onPremisesFile(), identity, environment),
            true);
    if (healthPort.isEmpty()) {
      try (var host = Host.open(settings, identity, List.of(), state)) {
        run(host);
      }
      return;
    }
    var health = new AgentHealth(Clock.systemUTC());
    var metrics = new AgentMetrics(Map.of(), version);
    var observation = new HostObservation(health, metrics, Clock.systemUTC());
    CallListener calls = metrics::awsCall;
    try (var host =
            Host.open(settings, identity, List.of(), HostListener.both(observation, state), calls);
        var _ =
            ObserveServer.start(
                healthPort.getAsInt(),
                LOOPBACK,
                health,
                metrics,
                () -> JsonMapper.shared().valueToTree(host.status()))) {
      observation.watch(identity, host::stopping);
      health.fine("identity");
      health.markStarted();
      run(host);
    }
  }

  private void run(Host host) throws InterruptedException {
    stop.onStop(
        () -> {
          log.atInfo().log("told to stop: no new poll, running commands may end");
          host.stop();
        });
    host.run();
  }

  /** The on-premises file, else the metadata, asked until it answers; empty when told to stop. */
  private Optional<HostIdentity> identity() throws InterruptedException {
    var onPremises = OnPremisesIdentity.read(config.onPremisesFile(), environment);
    if (onPremises.isPresent()) {
      return onPremises;
    }
    var metadata = Ec2Metadata.of(environment, config.imdsV1Disabled());
    for (int attempt = 0; ; attempt++) {
      try {
        return Optional.of(Ec2Identity.discover(metadata, environment));
      } catch (AgentException e) {
        state.waiting(e.code().id() + ": " + e.getMessage());
        log.atError()
            .addKeyValue("code", e.code().id())
            .addKeyValue("reason", e.getMessage())
            .log("identity unknown, asking again");
      }
      if (stop.await(Duration.ofSeconds(1L << Math.min(attempt, LONGEST_WAIT)))) {
        return Optional.empty();
      }
    }
  }
}
