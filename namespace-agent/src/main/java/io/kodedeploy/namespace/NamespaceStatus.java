package io.kodedeploy.namespace;

import io.kodedeploy.core.command.Host;
import io.kodedeploy.core.observe.AgentHealth;
import io.kodedeploy.core.record.HostRecord;
import io.kodedeploy.namespace.catchup.ApplicationStatus;
import io.kodedeploy.namespace.catchup.CatchUpService;
import io.kodedeploy.namespace.catchup.DriftFinding;
import io.kodedeploy.namespace.cluster.ClusterEvents;
import io.kodedeploy.namespace.cluster.WriterLease;
import java.time.Clock;
import java.util.HashMap;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What {@code /status} answers. */
final class NamespaceStatus {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final String version;
  private final NamespaceAgentSettings settings;
  private final Host host;
  private final CatchUpService catchUp;
  private final NamespaceObservation observation;
  private final ClusterEvents events;
  private final AgentHealth health;
  private final Optional<WriterLease> lease;
  private final StatusWaits waits;
  private final Clock clock;

  NamespaceStatus(
      String version,
      NamespaceAgentSettings settings,
      Host host,
      CatchUpService catchUp,
      NamespaceObservation observation,
      ClusterEvents events,
      AgentHealth health,
      Optional<WriterLease> lease,
      StatusWaits waits,
      Clock clock) {
    this.version = version;
    this.settings = settings;
    this.host = host;
    this.catchUp = catchUp;
    this.observation = observation;
    this.events = events;
    this.health = health;
    this.lease = lease;
    this.waits = waits;
    this.clock = clock;
  }

  /** What is published to the bucket. */
  HostRecord record() {
    var now = host.status();
    var ready = health.ready();
    var applications = new HashMap<String, HostRecord.Application>();
    for (var one : catchUp.statuses()) {
      if (one.unclaimed()) {
        continue; // nobody compares it with other clusters
      }
      applications.put(
          one.application(),
          new HostRecord.Application(
              text(one.wanted()),
              text(one.installed()),
              text(one.digest()),
              one.state() == ApplicationStatus.State.CURRENT,
              text(
                  one.reason().isEmpty()
                      ? ""
                      : one.state().word() + ": " + one.reason() + " " + one.remedy())));
    }
    return new HostRecord(
        version,
        settings.common().environment().orElse(""),
        settings.namespace(),
        settings.common().cluster().orElse(""),
        now.hostIdentifier(),
        clock.instant(),
        now.lastGoodPoll(),
        ready.up(),
        ready.reasons(),
        applications);
  }

  private static Optional<String> text(String value) {
    return Optional.of(value.strip()).filter(text -> !text.isEmpty());
  }

  /** A snapshot. */
  JsonNode json() {
    var now = host.status();
    var root = JSON.createObjectNode();
    root.put("agent", "namespace-agent").put("version", version);
    root.put(
        "state",
        now.stopping()
            ? "stopping"
            : lease.filter(one -> !one.holds()).isPresent()
                ? "waiting"
                : now.pollProblem().isPresent() ? "unreachable" : "polling");
    now.pollProblem().ifPresent(problem -> root.put("reason", problem));
    root.put("environment", settings.common().environment().orElse(""));
    root.put("cluster", settings.common().cluster().orElse(""));
    root.put("namespace", settings.namespace());
    var identity = root.putObject("host");
    identity.put("identifier", now.hostIdentifier()).put("region", now.region());
    identity.put("identity", now.identity()).put("endpoint", now.endpoint());
    now.lastPoll().ifPresent(when -> identity.put("lastPoll", when.toString()));
    now.lastGoodPoll().ifPresent(when -> identity.put("lastGoodPoll", when.toString()));
    lease.ifPresent(one -> lease(root.putObject("lease"), one));
    waits.kubernetes(root.putObject("kubernetes"));
    var commands = root.putArray("commands");
    for (var command : now.running()) {
      var entry =
          commands
              .addObject()
              .put("event", command.event())
              .put("deploymentId", command.deploymentId())
              .put("application", command.application())
              .put("deploymentGroup", command.deploymentGroup())
              .put("since", command.since().toString());
      waits.command(entry, command.deploymentId());
    }
    applications(root.putObject("applications"));
    var progress = root.putObject("catchUp");
    progress.put("mode", settings.catchUp().name().toLowerCase(Locale.ROOT));
    progress.put("problem", observation.lastProblem());
    observation.lastParity().ifPresent(took -> progress.put("seconds", took.toMillis() / 1000.0));
    root.put("eventsSkipped", events.skipped());
    return root;
  }

  private static void lease(ObjectNode node, WriterLease lease) {
    node.put("holds", lease.holds());
    if (!lease.waitsFor().isEmpty()) {
      node.put("holder", lease.waitsFor());
    }
    lease.problem().ifPresent(problem -> node.put("problem", problem));
  }

  private static void drift(ObjectNode node, DriftFinding found) {
    node.put("at", found.at().toString());
    var objects = node.putArray("objects");
    for (var one : found.objects()) {
      var object = objects.addObject().put("object", one.subject().toString());
      object.put("difference", one.difference().word());
      one.by().forEach(object.putArray("by")::add);
    }
  }

  private void applications(ObjectNode byName) {
    for (var one : catchUp.statuses()) {
      var entry = byName.putObject(one.application());
      entry.put("state", one.state().word());
      entry
          .putObject("wanted")
          .put("deploymentId", one.wantedDeployment())
          .put("revision", one.wanted())
          .put("pinned", one.pinned());
      entry
          .putObject("installed")
          .put("deploymentId", one.installedDeployment())
          .put("revision", one.installed())
          .put("bundleSha256", one.digest());
      if (!one.reason().isEmpty()) {
        entry.put("code", one.why().code());
        entry.put("reason", one.reason()).put("remedy", one.remedy());
        entry.put("nextAttempt", one.why().next().words());
      }
      entry.put("since", one.since().toString());
      catchUp.drift(one.application()).ifPresent(found -> drift(entry.putObject("drift"), found));
    }
  }
}
