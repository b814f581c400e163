package io.kodedeploy.core.observe;

import static java.util.Objects.requireNonNullElse;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * Every series of an agent, by the names of the design: this class is the only place that spells
 * them. Labels never carry a deployment id, a revision or the name of a node. Safe for many
 * threads.
 */
public final class AgentMetrics implements AutoCloseable {
  private final PrometheusMeterRegistry registry;
  private final Map<String, AtomicReference<Double>> told = new ConcurrentHashMap<>();
  private final List<Runnable> refreshes;
  private final Queue<Runnable> ownRefreshes = new ConcurrentLinkedQueue<>();
  private final Set<Meter> meters = ConcurrentHashMap.newKeySet();
  private final List<Tag> own;

  /**
   * Metrics whose every {@code kodedeploy_*} series carries these labels.
   *
   * @param labels for example {@code target_namespace}; empty for a node agent
   * @param version of the agent
   */
  public AgentMetrics(Map<String, String> labels, String version) {
    this(
        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
        new CopyOnWriteArrayList<>(),
        labels);
    build(version);
  }

  private AgentMetrics(
      PrometheusMeterRegistry registry, List<Runnable> refreshes, Map<String, String> labels) {
    this.registry = registry;
    this.refreshes = refreshes;
    own = labels.entrySet().stream().map(e -> Tag.of(e.getKey(), e.getValue())).toList();
  }

  /** What a process that carries many hosts serves: the series of all of them. */
  public static AgentMetrics ofManyHosts() {
    return new AgentMetrics(
        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
        new CopyOnWriteArrayList<>(),
        Map.of());
  }

  /**
   * The series of one host, served with the others'; series of calls to AWS are of all hosts
   * together. The host's own leave by {@link #close}.
   */
  public AgentMetrics ofHost(Map<String, String> labels, String version) {
    var host = new AgentMetrics(registry, refreshes, labels);
    host.build(version);
    return host;
  }

  /** Takes the series of this host out. */
  @Override
  public void close() {
    refreshes.removeAll(ownRefreshes);
    meters.forEach(registry::remove);
  }

  private void build(String version) {
    gauge("kodedeploy.build.info", "Version of the agent.", () -> 1, "version", version);
  }

  /**
   * {@code kodedeploy_host_rebuilds_total{target_namespace,reason}}: hosts that a process with many
   * made again.
   *
   * @param reason wedged, died or lost
   */
  public void hostRebuilt(String namespace, String reason) {
    count(
        "kodedeploy.host.rebuilds",
        "Hosts that were made again in the process.",
        1,
        "target_namespace",
        namespace,
        "reason",
        reason);
  }

  /** {@code kodedeploy_poll_total{result}}: idle, received, dropped or the id of an error. */
  public void poll(String result) {
    count("kodedeploy.poll", "Polls for work by their result.", 1, "result", result);
  }

  /**
   * {@code kodedeploy_poll_age_seconds}: time since the last good poll, not a number before the
   * first.
   */
  public void pollAge(Supplier<Optional<Duration>> age) {
    seconds(
        "kodedeploy.poll.age",
        "Time since the last good poll.",
        () -> age.get().map(AgentMetrics::inSeconds).orElse(Double.NaN));
  }

  /** {@code kodedeploy_command_seconds{command,outcome}}: succeeded or the id of an error. */
  public void command(String command, String outcome, Duration elapsed) {
    var timer =
        Timer.builder("kodedeploy.command")
            .description("Duration of commands.")
            .tags(tags("command", command, "outcome", outcome))
            .register(registry);
    meters.add(timer);
    timer.record(elapsed);
  }

  /**
   * {@code kodedeploy_command_running_seconds}: age of the oldest running command, 0 when none
   * runs.
   */
  public void commandRunning(Supplier<Duration> age) {
    seconds(
        "kodedeploy.command.running",
        "Age of the oldest running command.",
        () -> inSeconds(age.get()));
  }

  /** {@code kodedeploy_deployment_total{outcome}}: succeeded or failed. */
  public void deployment(String outcome) {
    count("kodedeploy.deployment", "Deployments that ended on this host.", 1, "outcome", outcome);
  }

  /** {@code kodedeploy_last_success_timestamp_seconds}. */
  public void lastSuccess(Instant when) {
    tell(
        "kodedeploy.last.success.timestamp.seconds",
        "When a deployment last succeeded on this host.",
        (double) when.getEpochSecond());
  }

  /**
   * {@code kodedeploy_applications{state}}: current, behind, failed, paused, waiting, gone,
   * unknown.
   */
  public void applications(String state, int count) {
    tell("kodedeploy.applications", "Applications by their state.", count, "state", state);
  }

  /** {@code kodedeploy_behind_seconds}: how long the longest outdated application has been so. */
  public void behind(Duration longest) {
    tell(
        "kodedeploy.behind.seconds",
        "How long an application has been behind.",
        inSeconds(longest));
  }

  /** {@code kodedeploy_targets{target_group,state}}. */
  public void targets(String targetGroup, String state, int count) {
    tell(
        "kodedeploy.targets",
        "Targets of this node by target group and state.",
        count,
        "target_group",
        targetGroup,
        "state",
        state);
  }

  /** {@code kodedeploy_apply_objects_total{action}}. */
  public void applyObjects(String action, int count) {
    count(
        "kodedeploy.apply.objects",
        "Kubernetes objects by what was done to them.",
        count,
        "action",
        action);
  }

  /** {@code kodedeploy_drift_objects}. */
  public void drift(int objects) {
    tell("kodedeploy.drift.objects", "Objects that differ from their bundle.", objects);
  }

  /** {@code kodedeploy_catch_up_seconds}: how long the last catch-up took. */
  public void catchUp(Duration elapsed) {
    tell("kodedeploy.catch.up.seconds", "Duration of the last catch-up.", inSeconds(elapsed));
  }

  /** {@code kodedeploy_catch_up_remaining}: applications the catch-up has still to bring here. */
  public void catchUpRemaining(int applications) {
    tell("kodedeploy.catch.up.remaining", "Applications still to catch up.", applications);
  }

  /**
   * {@code kodedeploy_credentials_expiry_timestamp_seconds}; not a number for credentials that
   * never expire.
   */
  public void credentialsExpiry(Supplier<Optional<Instant>> expiry) {
    gauge(
        "kodedeploy.credentials.expiry.timestamp.seconds",
        "When the credentials in use expire.",
        () -> expiry.get().map(i -> (double) i.getEpochSecond()).orElse(Double.NaN));
  }

  /** {@code kodedeploy_leader}: 1 while this process holds the lease. */
  public void leader(boolean leads) {
    tell("kodedeploy.leader", "Whether this process holds the lease.", leads ? 1 : 0);
  }

  /** {@code kodedeploy_record_write_failures_total}: host records that could not be written. */
  public void recordWriteFailed() {
    count("kodedeploy.record.write.failures", "Host records that could not be written.", 1);
  }

  /**
   * One call to AWS: {@code aws_api_calls_total}, {@code aws_api_call_duration_seconds} and, by the
   * code, the counters of throttling and permission errors.
   *
   * @param code {@code ok}, or the error type of the service
   */
  public void awsCall(String service, String operation, String code, Duration elapsed) {
    var tags = List.of(Tag.of("service", service), Tag.of("operation", operation));
    var coded = with(tags, Tag.of("code", code));
    Counter.builder("aws.api.calls")
        .description("Calls to AWS.")
        .tags(coded)
        .register(registry)
        .increment();
    Timer.builder("aws.api.call.duration")
        .description("Duration of calls to AWS.")
        .tags(tags)
        .register(registry)
        .record(elapsed);
    if (code.contains("hrottl") || code.equals("RequestLimitExceeded") || code.equals("429")) {
      Counter.builder("aws.api.call.throttled.errors")
          .description("Calls that AWS throttled.")
          .tags(coded)
          .register(registry)
          .increment();
    }
    if (code.contains("AccessDenied") || code.contains("Unauthorized") || code.equals("403")) {
      Counter.builder("aws.api.call.permission.errors")
          .description("Calls that AWS did not permit.")
          .tags(coded)
          .register(registry)
          .increment();
    }
  }

  /** Does this before every scrape, for gauges that are told; it neither fails nor waits. */
  public void beforeScrape(Runnable refresh) {
    ownRefreshes.add(refresh);
    refreshes.add(refresh);
  }

  /** Everything in the text form of Prometheus. */
  public String scrape() {
    refreshes.forEach(Runnable::run);
    return registry.scrape();
  }

  private void count(String name, String description, double amount, String... labels) {
    var counter =
        Counter.builder(name).description(description).tags(tags(labels)).register(registry);
    meters.add(counter);
    counter.increment(amount);
  }

  /** A gauge whose value is asked for. */
  private void gauge(String name, String description, Supplier<Number> value, String... labels) {
    meters.add(
        Gauge.builder(name, value).description(description).tags(tags(labels)).register(registry));
  }

  private void seconds(String name, String description, Supplier<Number> value) {
    meters.add(
        Gauge.builder(name, value)
            .description(description)
            .baseUnit("seconds")
            .tags(own)
            .register(registry));
  }

  /** A gauge whose value is told. */
  private void tell(String name, String description, double value, String... labels) {
    told.computeIfAbsent(
            name + List.of(labels),
            _ -> {
              var holder = new AtomicReference<>(value);
              gauge(name, description, () -> requireNonNullElse(holder.get(), Double.NaN), labels);
              return holder;
            })
        .set(value);
  }

  private List<Tag> tags(String... labels) {
    var tags = new ArrayList<>(own);
    for (int i = 0; i < labels.length; i += 2) {
      tags.add(Tag.of(labels[i], labels[i + 1]));
    }
    return tags;
  }

  private static List<Tag> with(List<Tag> tags, Tag more) {
    var all = new ArrayList<>(tags);
    all.add(more);
    return all;
  }

  private static double inSeconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }
}
