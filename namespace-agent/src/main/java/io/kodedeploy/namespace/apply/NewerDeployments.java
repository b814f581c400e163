package io.kodedeploy.namespace.apply;

import io.kodedeploy.core.command.HostListener;
import io.kodedeploy.core.spec.DeploymentSpec;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Hears of deployments as they come. A host is told no time of a deployment, so the one that it
 * hears of later is the newer one. Safe for many threads.
 */
final class NewerDeployments implements HostListener {
  private static final int REMEMBERED = 1000;

  private final Set<String> known = new LinkedHashSet<>(); // guarded by this
  private final Map<String, Integer> arrivals = new HashMap<>(); // by application, guarded by this

  @Override
  public synchronized void deploymentArrived(DeploymentSpec spec) {
    if (known.add(spec.deploymentId())) {
      arrivals.merge(spec.applicationName(), 1, Integer::sum);
      if (known.size() > REMEMBERED) {
        known.remove(known.iterator().next());
      }
    }
  }

  /** Says from now on whether another deployment of the application has come. */
  BooleanSupplier since(String application) {
    var before = arrivals(application);
    return () -> arrivals(application) != before;
  }

  private synchronized int arrivals(String application) {
    return arrivals.getOrDefault(application, 0);
  }
}
