package io.kodedeploy.namespace;

import io.kodedeploy.core.config.CodeDeployAgentConfig;
import io.kodedeploy.core.config.ConfigRefused;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.observe.AgentHealth;
import io.kodedeploy.core.observe.AgentMetrics;
import io.kodedeploy.core.observe.ObserveServer;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * While the identity's file is missing or wrong the process lives and says so by its readiness: a
 * Secret that comes later, or is corrected, is found within seconds, and no restart counts against
 * the pod.
 */
final class IdentityWait {
  private static final Logger log = LoggerFactory.getLogger(IdentityWait.class);
  private static final long SECONDS_BETWEEN = 2;

  private final NamespaceAgent.Configuration configuration;
  private final Map<String, String> environment;
  private final String version;
  private final CountDownLatch stopped = new CountDownLatch(1);

  IdentityWait(
      NamespaceAgent.Configuration configuration, Map<String, String> environment, String version) {
    this.configuration = configuration;
    this.environment = environment;
    this.version = version;
  }

  /** Ends the wait; any thread. */
  void stop() {
    stopped.countDown();
  }

  /**
   * Returns at once when the identity can be used, else when it can, or when it is told to stop.
   *
   * @return whether the agent can be opened
   */
  boolean await() throws InterruptedException {
    var problem = problem(configuration.host(), environment);
    if (problem.isEmpty()) {
      return true;
    }
    var settings = configuration.namespace();
    var health = new AgentHealth(Clock.systemUTC());
    health.problem("identity", problem.get());
    log.atError()
        .addKeyValue("code", ErrorCode.IDENTITY_INVALID.id())
        .addKeyValue("reason", problem.get())
        .log("waiting for an identity");
    try (var _ =
        ObserveServer.start(
            settings.common().serverPort(),
            settings.common().serverAddress(),
            health,
            new AgentMetrics(Map.of("target_namespace", settings.namespace()), version),
            () -> JsonNodeFactory.instance.objectNode().put("waitsFor", "identity"))) {
      health.markStarted();
      while (problem.isPresent()) {
        health.problem("identity", problem.get());
        if (stopped.await(SECONDS_BETWEEN, TimeUnit.SECONDS)) {
          return false;
        }
        problem = problem(configuration.host(), environment);
      }
    }
    log.atInfo().log("the identity is there");
    return true;
  }

  private static Optional<String> problem(
      CodeDeployAgentConfig host, Map<String, String> environment) {
    try {
      host.checkRegion(OwnIdentity.read(host, environment).region());
      return Optional.empty();
    } catch (ConfigRefused e) {
      return Optional.of(String.join("; ", e.violations()));
    } catch (AgentException e) {
      return Optional.of(e.code().id() + ": " + e.getMessage() + " - " + e.code().remedy());
    }
  }
}
