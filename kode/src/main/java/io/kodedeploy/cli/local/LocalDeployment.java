package io.kodedeploy.cli.local;

import io.kodedeploy.core.command.CommandOutcome;
import io.kodedeploy.core.command.LifecycleEvent;
import io.kodedeploy.core.command.LocalHost;
import io.kodedeploy.core.spec.DeploymentSpec;
import io.kodedeploy.core.store.DeploymentPaths;
import java.io.PrintWriter;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run: events one after another until one fails, and what is said about it (12.4). */
final class LocalDeployment {
  private static final Logger log = LoggerFactory.getLogger(LocalDeployment.class);

  private final LocalHost host;
  private final DeploymentSpec spec;
  private final PrintWriter out;
  private final PrintWriter err;

  LocalDeployment(LocalHost host, DeploymentSpec spec, PrintWriter out, PrintWriter err) {
    this.host = host;
    this.spec = spec;
    this.out = out;
    this.err = err;
  }

  /** Whether all of it succeeded. */
  boolean run(List<LifecycleEvent> events) throws InterruptedException {
    var folder = host.folder(spec);
    log.atInfo()
        .addKeyValue("deploymentId", spec.deploymentId())
        .addKeyValue("revision", spec.revision())
        .log("local deployment begins");
    say("Starting to execute deployment from within folder " + folder);
    try {
      for (var event : events) {
        log.atInfo().addKeyValue("event", event.name()).log("event begins");
        if (host.execute(spec, event) instanceof CommandOutcome.Failed failed) {
          tell(failed);
          return false;
        }
      }
    } finally {
      say("See the deployment log at " + DeploymentPaths.scriptsLog(folder) + " for more details");
    }
    say("AppSpec file valid. Local deployment successful");
    return true;
  }

  private void tell(CommandOutcome.Failed failed) {
    log.atError()
        .addKeyValue("code", failed.code().id())
        .addKeyValue("script", failed.scriptName())
        .addKeyValue("reason", failed.message())
        .log("local deployment failed");
    if (failed.scriptName().isEmpty()) {
      say("ERROR: " + failed.message());
      return;
    }
    say(
        "Your local deployment failed while trying to execute your script at "
            + DeploymentPaths.archive(host.folder(spec)).resolve(failed.scriptName()));
    err.println(failed.message());
    err.print(failed.log());
    err.flush();
  }

  private void say(String line) {
    out.println(line);
    out.flush();
  }
}
