package io.kodedeploy.core.command;

import io.kodedeploy.core.hook.DeploymentsLog;
import io.kodedeploy.core.hook.ScriptRunner;
import io.kodedeploy.core.identity.HostIdentity;
import io.kodedeploy.core.spec.DeploymentSpec;
import io.kodedeploy.core.store.DeploymentPaths;
import io.kodedeploy.core.store.StateFolders;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events carried out for a person at the machine (host-agent.md 12.4): the engine, files and
 * markers of a {@link Host}, without command service, polling, tracking files and no-op check. May
 * work beside the agent of the same {@code root_dir}, as the official tool does; the person sees to
 * it that the two do not deploy to one deployment group at once. For one thread.
 */
public final class LocalHost implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LocalHost.class);

  private final DeploymentPaths paths;
  private final BuiltInEvents builtIn;
  private final Optional<DeploymentsLog> deploymentsLog;
  private final EventEngine engine;

  private LocalHost(
      DeploymentPaths paths,
      BuiltInEvents builtIn,
      Optional<DeploymentsLog> deploymentsLog,
      EventEngine engine) {
    this.paths = paths;
    this.builtIn = builtIn;
    this.deploymentsLog = deploymentsLog;
    this.engine = engine;
  }

  /**
   * Makes the state folders; connects to nothing yet.
   *
   * @param identity whose region and credentials serve a bundle in S3; asked when one is fetched
   * @throws io.kodedeploy.core.error.AgentException {@code state-write-failed} when {@code
   *     root_dir} cannot be used
   */
  public static LocalHost open(HostSettings settings, HostIdentity identity) {
    var agent = settings.agent();
    var clock = Clock.system(ZoneId.systemDefault());
    var paths =
        new DeploymentPaths(agent.rootDirectory(), agent.trackingDirectory(), agent.programName());
    StateFolders.prepare(paths, agent.processRules());
    var builtIn = BundleEvents.of(settings, identity, paths);
    var deploymentsLog =
        agent.deploymentsLog()
            ? Optional.of(new DeploymentsLog(paths.deploymentsLog(), clock))
            : Optional.<DeploymentsLog>empty();
    var scripts =
        new ScriptRunner(
            settings.environment(),
            agent.hookRules(),
            agent.processRules().logFolders(),
            paths.pipes());
    return new LocalHost(
        paths,
        builtIn,
        deploymentsLog,
        new EventEngine(
            paths,
            builtIn,
            scripts,
            settings.scripts(),
            List.of(),
            deploymentsLog,
            clock,
            new Restoration(Optional.empty(), paths, builtIn)));
  }

  /** The folder of a deployment. */
  public Path folder(DeploymentSpec spec) {
    return paths.deployment(spec.deploymentGroupId(), spec.deploymentId());
  }

  /**
   * Carries an event out, custom ones included. A failure is a returned value.
   *
   * @throws InterruptedException if the person ends it
   */
  public CommandOutcome execute(DeploymentSpec spec, LifecycleEvent event)
      throws InterruptedException {
    return engine.carryOut(spec, event, StepProgress.UNNOTED);
  }

  @Override
  public void close() {
    builtIn.close();
    try {
      if (deploymentsLog.isPresent()) {
        deploymentsLog.get().close();
      }
    } catch (IOException e) {
      log.atWarn().setCause(e).log("deployments log cannot be closed");
    }
  }
}
