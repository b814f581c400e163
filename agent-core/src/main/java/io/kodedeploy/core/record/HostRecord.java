package io.kodedeploy.core.record;

import io.kodedeploy.core.json.Json;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * What a host says about itself, schema version 1. Readers ignore members they do not know; older
 * than 15 minutes it says nothing about the present.
 *
 * @param agentVersion version of the agent
 * @param environment where the host belongs
 * @param namespace the Kubernetes namespace
 * @param cluster the cluster
 * @param host its host identifier
 * @param written when this was said
 * @param lastPoll end of the last good poll
 * @param ready whether the host can do its work
 * @param reasons why not, by what was looked at
 * @param applications what it carries, by application
 */
public record HostRecord(
    String agentVersion,
    String environment,
    String namespace,
    String cluster,
    String host,
    Instant written,
    Optional<Instant> lastPoll,
    boolean ready,
    Map<String, String> reasons,
    Map<String, Application> applications) {
  private static final int SCHEMA = 1;

  /**
   * One application on this host.
   *
   * @param wanted revision it should have
   * @param installed revision it has
   * @param sha256 digest of the installed bundle
   * @param ready whether what it installed is ready
   * @param reason why not, or why wanted and installed differ
   */
  public record Application(
      Optional<String> wanted,
      Optional<String> installed,
      Optional<String> sha256,
      boolean ready,
      Optional<String> reason) {}

  /** Copies the maps. */
  public HostRecord {
    reasons = Map.copyOf(reasons);
    applications = Map.copyOf(applications);
  }

  /** Where it lies in the bucket. */
  public String key() {
    return key(environment, namespace, cluster);
  }

  /** {@code kodedeploy-status/<environment>/<namespace>/<cluster>.json}. */
  public static String key(String environment, String namespace, String cluster) {
    return "kodedeploy-status/" + environment + "/" + namespace + "/" + cluster + ".json";
  }

  /** The JSON that is published; an absent value is an absent member. */
  public JsonNode json() {
    var json =
        Json.object()
            .put("schema", SCHEMA)
            .put("agentVersion", agentVersion)
            .put("environment", environment)
            .put("namespace", namespace)
            .put("cluster", cluster)
            .put("host", host)
            .put("written", written.toString());
    lastPoll.ifPresent(when -> json.put("lastPoll", when.toString()));
    json.put("ready", ready);
    var why = json.putObject("reasons");
    new TreeMap<>(reasons).forEach(why::put);
    var all = json.putObject("applications");
    new TreeMap<>(applications)
        .forEach(
            (name, application) -> {
              var one = all.putObject(name);
              application.wanted().ifPresent(value -> one.put("wanted", value));
              application.installed().ifPresent(value -> one.put("installed", value));
              application.sha256().ifPresent(value -> one.put("sha256", value));
              one.put("ready", application.ready());
              application.reason().ifPresent(value -> one.put("reason", value));
            });
    return json;
  }

  /** Whether another record says the same, whenever it was said. */
  boolean same(HostRecord other) {
    return withoutTimes().equals(other.withoutTimes());
  }

  private HostRecord withoutTimes() {
    return new HostRecord(
        agentVersion,
        environment,
        namespace,
        cluster,
        host,
        Instant.EPOCH,
        Optional.empty(),
        ready,
        reasons,
        applications);
  }
}
