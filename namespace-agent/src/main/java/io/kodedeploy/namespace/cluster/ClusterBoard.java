package io.kodedeploy.namespace.cluster;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the agents of one cluster tell each other, in the chart's namespace: four objects that the
 * chart makes, so that no agent needs the right to create any. The ConfigMap {@code
 * kodedeploy-waves} is the chart's alone, {@code kodedeploy-catch-up} and {@code kodedeploy-groups}
 * may be written by every agent, and so may be forged by every namespace: nothing in them decides
 * what is installed. The Lease {@code kodedeploy-groups} says who lists the groups.
 */
public final class ClusterBoard {
  private static final DateTimeFormatter MICRO_TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  private final KubernetesApi api;
  private final String maps;
  private final String lease;
  private final String holder;
  private final Clock clock;

  /**
   * The board of a cluster.
   *
   * @param namespace of the chart's release
   * @param holder name of this agent in the Lease
   */
  public ClusterBoard(KubernetesApi api, String namespace, String holder, Clock clock) {
    this.api = api;
    this.maps = "/api/v1/namespaces/" + namespace + "/configmaps/";
    this.lease =
        "/apis/coordination.k8s.io/v1/namespaces/" + namespace + "/leases/kodedeploy-groups";
    this.holder = holder;
    this.clock = clock;
  }

  /**
   * Which namespaces this cluster serves, and the wave of each.
   *
   * @throws AgentException when the cluster cannot be asked
   */
  public Map<String, Integer> waves() throws InterruptedException {
    var waves = new TreeMap<String, Integer>();
    for (var entry : data("kodedeploy-waves").entrySet()) {
      try {
        waves.put(entry.getKey(), Integer.parseInt(entry.getValue().strip()));
      } catch (NumberFormatException e) {
        throw new AgentException(
            ErrorCode.CONFIGURATION_INVALID,
            "ConfigMap kodedeploy-waves: the wave of " + entry.getKey() + " is no number",
            e);
      }
    }
    return waves;
  }

  /** What the agents said of themselves, by namespace. */
  public Map<String, String> reports() throws InterruptedException {
    return data("kodedeploy-catch-up");
  }

  /** Says something of this agent's namespace. */
  public void report(String namespace, String text) throws InterruptedException {
    write("kodedeploy-catch-up", Map.of(namespace, text));
  }

  /** The shared list of groups, as it was published. */
  public Map<String, String> groups() throws InterruptedException {
    return data("kodedeploy-groups");
  }

  /** Publishes the list of groups. */
  public void publish(Map<String, String> groups) throws InterruptedException {
    write("kodedeploy-groups", groups);
  }

  /**
   * Takes the turn to list the groups, or keeps it.
   *
   * @param duration how long, unless it is taken again
   * @return false when another agent has it
   */
  public boolean takeTurn(Duration duration) throws InterruptedException {
    var read = api.get(lease).orThrow("read Lease kodedeploy-groups");
    var spec = read.path("spec");
    var other = spec.path("holderIdentity").asString("");
    if (!other.isEmpty() && !other.equals(holder) && clock.instant().isBefore(end(spec))) {
      return false;
    }
    return put((ObjectNode) read, holder, duration);
  }

  /** Gives the turn back. */
  public void endTurn() throws InterruptedException {
    var read = api.get(lease).orThrow("read Lease kodedeploy-groups");
    if (read.path("spec").path("holderIdentity").asString("").equals(holder)) {
      put((ObjectNode) read, "", Duration.ofSeconds(1));
    }
  }

  private boolean put(ObjectNode read, String who, Duration duration) throws InterruptedException {
    var spec = JsonNodeFactory.instance.objectNode();
    spec.put("holderIdentity", who).put("leaseDurationSeconds", (int) duration.toSeconds());
    spec.put("renewTime", MICRO_TIME.format(clock.instant()));
    read.set("spec", spec);
    var answer = api.put(lease, read);
    if (answer.conflict()) {
      return false;
    }
    answer.orThrow("write Lease kodedeploy-groups");
    return true;
  }

  private static Instant end(JsonNode spec) {
    try {
      return Instant.parse(spec.path("renewTime").asString(""))
          .plusSeconds(spec.path("leaseDurationSeconds").asInt(0));
    } catch (DateTimeException e) {
      return Instant.EPOCH;
    }
  }

  private Map<String, String> data(String name) throws InterruptedException {
    var data = new TreeMap<String, String>();
    api.get(maps + name)
        .orThrow("read ConfigMap " + name)
        .path("data")
        .properties()
        .forEach(entry -> data.put(entry.getKey(), entry.getValue().asString("")));
    return data;
  }

  private void write(String name, Map<String, String> entries) throws InterruptedException {
    var patch = JsonNodeFactory.instance.objectNode();
    var data = patch.putObject("data");
    entries.forEach(data::put);
    api.patch(maps + name, Map.of(), KubernetesApi.Patch.MERGE, patch)
        .orThrow("write ConfigMap " + name);
  }
}
