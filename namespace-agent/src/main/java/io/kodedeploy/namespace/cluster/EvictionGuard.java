package io.kodedeploy.namespace.cluster;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.namespace.cluster.KubernetesApi.Patch;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * While a command runs, asks Karpenter and the Cluster Autoscaler to leave this pod where it is, by
 * annotations of the pod. Taken off a while after the last command, so that the events of one
 * deployment cost two calls. Losing one breaks nothing: the next pod goes on with the command. Safe
 * for many threads.
 */
public final class EvictionGuard implements AutoCloseable {
  /** Karpenter: no voluntary disruption of the pod's node. */
  public static final String KARPENTER = "karpenter.sh/do-not-disrupt";

  /** Cluster Autoscaler: the pod's node is not scaled down. */
  public static final String AUTOSCALER = "cluster-autoscaler.kubernetes.io/safe-to-evict";

  private static final Logger log = LoggerFactory.getLogger(EvictionGuard.class);

  private final KubernetesApi api;
  private final Optional<String> path;
  private final Duration linger;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().name("eviction-", 1).factory());
  private final Set<String> running = new HashSet<>(); // of the one thread, as what follows
  private long round;
  private boolean guarded = true; // what an earlier life of the container may have left

  /**
   * The guard of a pod.
   *
   * @param api may patch the pod
   * @param pod its name; without it nothing is done
   * @param linger how long after the last command the pod stays guarded
   */
  public EvictionGuard(KubernetesApi api, String namespace, Optional<String> pod, Duration linger) {
    this.api = api;
    this.path = pod.map(name -> "/api/v1/namespaces/" + namespace + "/pods/" + name);
    this.linger = linger;
  }

  /** This pod works now: removes what an earlier life of its container left, if nothing runs. */
  public void start() {
    submit(() -> later(round));
  }

  /** A command begins; its id. */
  public void begun(String command) {
    submit(
        () -> {
          round++;
          if (running.add(command) && running.size() == 1) {
            annotate(true);
          }
        });
  }

  /** A command has ended. */
  public void ended(String command) {
    submit(
        () -> {
          if (running.remove(command) && running.isEmpty()) {
            later(++round);
          }
        });
  }

  private void later(long mine) {
    var _ =
        thread.schedule(
            () -> {
              if (running.isEmpty() && round == mine && guarded) {
                annotate(false);
              }
            },
            linger.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private void annotate(boolean guard) {
    if (path.isEmpty()) {
      return;
    }
    var change = JsonNodeFactory.instance.objectNode();
    change
        .putObject("metadata")
        .putObject("annotations")
        .put(KARPENTER, guard ? "true" : null)
        .put(AUTOSCALER, guard ? "false" : null);
    try {
      api.patch(path.get(), Map.of(), Patch.MERGE, change).orThrow("annotate the agent's pod");
      guarded = guard;
    } catch (AgentException e) {
      guarded = true;
      log.atWarn().addKeyValue("reason", e.getMessage()).log("the pod's eviction is not guarded");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void submit(Runnable work) {
    try {
      thread.execute(work);
    } catch (RejectedExecutionException _) {
      log.atDebug().log("the agent is closing, its eviction is nobody's concern");
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
