package io.kodedeploy.node.node;

import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.node.traffic.NodePorts;
import io.kodedeploy.node.traffic.TargetPort;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cluster of this node. The client is built on first use. Safe for use by many threads; Events
 * are written on a thread of their own and never hold a deployment up.
 */
public final class NodeCluster implements NodePorts, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NodeCluster.class);
  private static final int MESSAGE_LIMIT = 1024;

  private final Optional<KubernetesAccess> access;
  private final Optional<String> nodeName;
  private final String instanceId;
  private final InstantSource clock;
  private final ExecutorService events =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().name("node-events").factory());
  private Optional<KubernetesClient> client = Optional.empty();
  private Optional<Node> node = Optional.empty();
  private volatile String state;

  /**
   * The cluster of a node.
   *
   * @param nodeName name of its Node when the environment tells ({@code NODE_NAME})
   * @param instanceId else the Node is found by its provider id
   */
  public NodeCluster(
      Optional<KubernetesAccess> access,
      Optional<String> nodeName,
      String instanceId,
      InstantSource clock) {
    this.access = access;
    this.nodeName = nodeName;
    this.instanceId = instanceId;
    this.clock = clock;
    this.state =
        access
            .map(a -> "not asked yet (" + a + ")")
            .orElse("not configured: neither kubernetes.kubeconfig, KUBECONFIG nor a pod");
  }

  /** How the node stands with its cluster, in words. */
  public String state() {
    return state;
  }

  @Override
  public int resolve(TargetPort.NodePort wanted) {
    var service =
        ask(
            "reading Service " + wanted.namespace() + "/" + wanted.service(),
            c ->
                Optional.ofNullable(
                    c.services().inNamespace(wanted.namespace()).withName(wanted.service()).get()));
    var ports = service.map(s -> s.getSpec().getPorts()).orElse(List.of());
    return ports.stream()
        .filter(p -> named(p, wanted.port()))
        .map(ServicePort::getNodePort)
        .filter(p -> p != null && p > 0)
        .findFirst()
        .orElseThrow(
            () ->
                new AgentException(
                    ErrorCode.TARGET_PORT_INVALID,
                    service.isEmpty()
                        ? "there is no Service " + wanted.namespace() + "/" + wanted.service()
                        : "Service "
                            + wanted.namespace()
                            + "/"
                            + wanted.service()
                            + " has no node port for "
                            + wanted.port()
                            + "; it has "
                            + ports.stream()
                                .map(p -> p.getName() + "=" + p.getPort() + ":" + p.getNodePort())
                                .toList()));
  }

  private static boolean named(ServicePort port, String wanted) {
    return wanted.equals(port.getName()) || wanted.equals(String.valueOf(port.getPort()));
  }

  /** Kinds of Events. */
  public enum EventType {
    NORMAL("Normal"),
    WARNING("Warning");

    private final String text;

    EventType(String text) {
      this.text = text;
    }
  }

  /** Writes an Event on the node's Node, soon; a failure is logged and shown by {@link #state}. */
  public void event(EventType type, String reason, String message) {
    if (access.isEmpty()) {
      return;
    }
    events.execute(
        () -> {
          try {
            write(type, reason, message);
          } catch (AgentException e) {
            log.atWarn()
                .addKeyValue("code", e.code().id())
                .addKeyValue("reason", e.getMessage())
                .log("event on the node cannot be written");
          }
        });
  }

  private void write(EventType type, String reason, String message) {
    var own = ownNode();
    var now = clock.instant();
    String time = DateTimeFormatter.ISO_INSTANT.format(now.truncatedTo(ChronoUnit.SECONDS));
    String name = own.getMetadata().getName();
    var event =
        new EventBuilder()
            .withNewMetadata()
            .withNamespace("default")
            .withName(
                name
                    + "."
                    + Long.toHexString(now.getEpochSecond() * 1_000_000_000L + now.getNano()))
            .endMetadata()
            .withNewInvolvedObject()
            .withApiVersion("v1")
            .withKind("Node")
            .withName(name)
            .withUid(own.getMetadata().getUid())
            .endInvolvedObject()
            .withType(type.text)
            .withReason(reason)
            .withMessage(
                message.length() <= MESSAGE_LIMIT
                    ? message
                    : message.substring(0, MESSAGE_LIMIT - 1) + "…")
            .withAction("Deploy")
            .withReportingComponent("kodedeploy.io/node-agent")
            .withReportingInstance(name)
            .withNewSource()
            .withComponent("kodedeploy-node-agent")
            .withHost(name)
            .endSource()
            .withFirstTimestamp(time)
            .withLastTimestamp(time)
            .withEventTime(
                new MicroTime(
                    DateTimeFormatter.ISO_INSTANT.format(now.truncatedTo(ChronoUnit.MICROS))))
            .withCount(1)
            .build();
    ask(
        "writing an Event on Node " + name,
        c -> Optional.of(c.v1().events().inNamespace("default").resource(event).create()));
  }

  private synchronized Node ownNode() {
    if (node.isEmpty()) {
      node =
          nodeName.isPresent()
              ? ask(
                  "reading Node " + nodeName.get(),
                  c -> Optional.ofNullable(c.nodes().withName(nodeName.get()).get()))
              : ask(
                  "looking for the Node of " + instanceId,
                  c ->
                      c.nodes().list().getItems().stream()
                          .filter(n -> isOwn(n.getSpec().getProviderID()))
                          .findFirst());
      if (node.isEmpty()) {
        state =
            nodeName
                .map(n -> "there is no Node " + n)
                .orElse("no Node has a provider id that ends in " + instanceId);
        throw new AgentException(ErrorCode.CLUSTER_UNREACHABLE, state);
      }
    }
    return node.get();
  }

  private boolean isOwn(@Nullable String providerId) {
    return providerId != null && providerId.endsWith("/" + instanceId);
  }

  /** A question to the cluster. */
  @FunctionalInterface
  private interface Question<T> {
    Optional<T> ask(KubernetesClient client);
  }

  private <T> Optional<T> ask(String doing, Question<T> question) {
    try {
      var answer = question.ask(client());
      state = "reachable by " + access.orElseThrow();
      return answer;
    } catch (KubernetesClientException e) {
      var code =
          e.getCode() == 401 || e.getCode() == 403
              ? ErrorCode.CLUSTER_DENIED
              : ErrorCode.CLUSTER_UNREACHABLE;
      state = doing + " failed: " + e.getMessage();
      throw new AgentException(code, doing + " failed: " + e.getMessage(), e);
    }
  }

  private synchronized KubernetesClient client() {
    if (client.isEmpty()) {
      client =
          Optional.of(
              access
                  .orElseThrow(
                      () ->
                          new AgentException(
                              ErrorCode.CLUSTER_UNREACHABLE, "Kubernetes is " + state))
                  .connect());
    }
    return client.get();
  }

  /** Waits a moment for Events under way. */
  @Override
  public void close() {
    events.shutdown();
    try {
      if (!events.awaitTermination(5, TimeUnit.SECONDS)) {
        events.shutdownNow();
      }
    } catch (InterruptedException e) {
      events.shutdownNow();
      Thread.currentThread().interrupt();
    }
    synchronized (this) {
      if (client.isPresent()) { // no method reference: linking it would load the client
        client.get().close();
      }
    }
  }
}
