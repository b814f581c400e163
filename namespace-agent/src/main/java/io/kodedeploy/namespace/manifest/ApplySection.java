package io.kodedeploy.namespace.manifest;

import io.kodedeploy.core.spec.SpecNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the AppSpec's {@code kodedeploy} section asks of this agent.
 *
 * @param entries in the order of the file
 * @param prune whether objects that left the bundle are deleted; one decision, since an application
 *     has one inventory. True unless given
 */
public record ApplySection(List<ApplyEntry> entries, boolean prune) {
  /** The events of an on-premises deployment in which a step can run, in their order. */
  public static final List<String> EVENTS =
      List.of("BeforeInstall", "Install", "AfterInstall", "ApplicationStart", "ValidateService");

  private static final Duration LEAST_WAIT = Duration.ofSeconds(1);

  /** CodeDeploy ends a lifecycle event after an hour. */
  private static final Duration MOST_WAIT = Duration.ofMinutes(55);

  /**
   * Reads the section.
   *
   * @param defaultWait the agent's {@code apply.wait}
   * @throws io.kodedeploy.core.error.AgentException {@code appspec-invalid} with file, line and key
   */
  public static ApplySection of(SpecNode section, Duration defaultWait) {
    var keys = section.asMapping("apply", "run", "traffic");
    var entries = new ArrayList<ApplyEntry>();
    Optional<Boolean> prune = Optional.empty();
    for (var node : keys.optional("apply").map(SpecNode::asList).orElse(List.of())) {
      var entry = node.asMapping("path", "event", "prune", "wait", "force");
      var path = entry.required("path");
      entries.add(
          new ApplyEntry(
              path.asText(),
              entry.optional("event").map(ApplySection::event).orElse("Install"),
              entry.optional("wait").map(ApplySection::wait).orElse(defaultWait),
              entry.optional("force").map(SpecNode::asBoolean).orElse(false),
              path.position()));
      if (entry.optional("prune").isPresent()) {
        var value = entry.required("prune");
        if (prune.isPresent() && prune.get() != value.asBoolean()) {
          throw value.error(
              "an application has one inventory, so prune must be the same wherever it is given");
        }
        prune = Optional.of(value.asBoolean());
      }
    }
    return new ApplySection(List.copyOf(entries), prune.orElse(true));
  }

  /** What is applied in an event. */
  public List<ApplyEntry> in(String event) {
    return entries.stream().filter(entry -> entry.event().equals(event)).toList();
  }

  /** Whether no later event applies anything: what is no longer wanted is pruned now. */
  public boolean isLast(String event) {
    return entries.stream()
        .allMatch(entry -> EVENTS.indexOf(entry.event()) <= EVENTS.indexOf(event));
  }

  private static String event(SpecNode node) {
    if (!EVENTS.contains(node.asText())) {
      throw node.error(
          "expected one of " + String.join(", ", EVENTS) + ", found \"" + node.asText() + "\"");
    }
    return node.asText();
  }

  private static Duration wait(SpecNode node) {
    var wait = node.asDuration();
    if (wait.compareTo(LEAST_WAIT) < 0 || wait.compareTo(MOST_WAIT) > 0) {
      throw node.error("expected a wait from 1s to 55m");
    }
    return wait;
  }
}
