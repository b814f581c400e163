package io.kodedeploy.core.command;

import io.kodedeploy.core.spec.DeploymentSpec;
import java.util.HashMap;
import java.util.Map;

/**
 * Knows when a deployment has ended on this host. With traffic control the last event is
 * AfterAllowTraffic, without it ValidateService (host-agent.md section 6.1); which of the two is
 * seen from the events before. One lock around everything.
 */
final class DeploymentProgress {
  private final HostListener listener;
  private final Map<String, Progress> byGroup = new HashMap<>();

  private record Progress(String deploymentId, boolean traffic, boolean ended) {}

  DeploymentProgress(HostListener listener) {
    this.listener = listener;
  }

  /** An event of a deployment has been dealt with: executed, or found to be without work. */
  void passed(DeploymentSpec spec, LifecycleEvent event, boolean succeeded) {
    if (ends(spec, event, succeeded)) {
      listener.deploymentFinished(spec, succeeded);
    }
  }

  private synchronized boolean ends(DeploymentSpec spec, LifecycleEvent event, boolean succeeded) {
    var known = byGroup.get(spec.deploymentGroupId());
    if (known == null || !known.deploymentId.equals(spec.deploymentId())) {
      known = new Progress(spec.deploymentId(), spec.deploymentType().equals("BLUE_GREEN"), false);
    }
    boolean traffic =
        known.traffic
            || event.equals(LifecycleEvent.BEFORE_BLOCK_TRAFFIC)
            || event.equals(LifecycleEvent.AFTER_BLOCK_TRAFFIC);
    var last = traffic ? LifecycleEvent.AFTER_ALLOW_TRAFFIC : LifecycleEvent.VALIDATE_SERVICE;
    boolean ends = !known.ended && (!succeeded || event.equals(last));
    byGroup.put(
        spec.deploymentGroupId(), new Progress(spec.deploymentId(), traffic, known.ended || ends));
    return ends;
  }
}
