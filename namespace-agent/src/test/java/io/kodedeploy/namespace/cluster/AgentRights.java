package io.kodedeploy.namespace.cluster;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Everything that the agent does in Kubernetes with its own account, in one go. */
public final class AgentRights implements AutoCloseable {
  private final KubernetesApi api;
  private final String namespace;

  /** With the account of a kubeconfig. */
  public AgentRights(Path kubeconfig, String namespace) {
    this.api = new KubernetesApi(new KubernetesConfig.Kubeconfig(kubeconfig)::read);
    this.namespace = namespace;
  }

  private interface Work {
    void run() throws InterruptedException;
  }

  /** What the API server denies, each as the operator reads it. */
  public List<String> denials() throws InterruptedException {
    var denials = new ArrayList<String>();
    var maps = new ConfigMaps(api, namespace);
    var notes = new ConfigMapNotes(api, namespace, Thread::sleep);
    var inventories = new Inventories(maps, namespace);
    var labels = Map.of("app.kubernetes.io/managed-by", "kodedeploy");
    List<Work> all =
        List.of(
            () -> notes.put("command.a", "text"),
            notes::all,
            () -> notes.remove("command.a"),
            () -> new NamespacePause(api, namespace).reason(),
            () -> inventories.view("web"),
            () -> new NamespacePause(api, namespace).reason(),
            () -> maps.write("kodedeploy-state", Optional.empty(), labels, Map.of("a", "b")),
            () ->
                maps.write(
                    "kodedeploy-state", maps.read("kodedeploy-state"), labels, Map.of("a", "c")),
            () ->
                new AccountToken(api, namespace, "kodedeploy-apply", Clock.systemUTC(), _ -> {})
                    .ensure());
    for (var work : all) {
      try {
        work.run();
      } catch (AgentException e) {
        if (e.code() != ErrorCode.CLUSTER_DENIED) {
          throw e;
        }
        denials.add(e.getMessage());
      }
    }
    lease().ifPresent(denials::add);
    event().ifPresent(denials::add);
    return denials;
  }

  private Optional<String> lease() throws InterruptedException {
    var lease =
        new WriterLease(api, namespace, "test", LeaseTimes.ALONE, Clock.systemUTC(), () -> {});
    lease.turn();
    if (lease.holds()) {
      lease.turn(); // a renewal
    }
    var second =
        new WriterLease(api, namespace, "other", LeaseTimes.ALONE, Clock.systemUTC(), () -> {});
    second.turn();
    return lease.lastProblem().or(second::lastProblem);
  }

  private Optional<String> event() {
    var events = new ClusterEvents(api, api, namespace, Optional.of("pod"), Clock.systemUTC());
    events.write(ClusterEvents.Type.NORMAL, "Test", "a test");
    events.close(Duration.ofSeconds(10));
    return Optional.of(events.skipped()).filter(text -> !text.isEmpty());
  }

  @Override
  public void close() {
    api.close();
  }
}
