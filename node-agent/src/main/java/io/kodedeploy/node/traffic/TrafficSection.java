package io.kodedeploy.node.traffic;

import io.kodedeploy.core.spec.AppSpec;
import io.kodedeploy.core.spec.SpecNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * {@code kodedeploy.traffic} of an AppSpec.
 *
 * @param targetGroups what the node should serve; may be empty: then the deployment group's count
 * @param healthy how long the node may take to become healthy; 3 minutes by default
 * @param drained how long it may take to drain; by default 6 minutes, or what the target group's
 *     deregistration delay needs
 */
public record TrafficSection(
    List<WantedTarget> targetGroups, Duration healthy, Optional<Duration> drained) {
  /** Of an AppSpec without the section. */
  public static final TrafficSection NONE =
      new TrafficSection(List.of(), Duration.ofMinutes(3), Optional.empty());

  private static final Duration LONGEST = Duration.ofHours(1);
  private static final Pattern NODE_PORT =
      Pattern.compile("([a-z0-9-]+)/([a-z0-9-]+):([a-z0-9-]+)");
  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?");

  /** Copies the list. */
  public TrafficSection {
    targetGroups = List.copyOf(targetGroups);
  }

  /**
   * Reads the section.
   *
   * @throws io.kodedeploy.core.error.AgentException {@code APPSPEC_INVALID} with file, line and key
   */
  public static TrafficSection of(Optional<AppSpec> appSpec) {
    return appSpec
        .flatMap(AppSpec::kodedeploy)
        .flatMap(section -> section.asMapping("apply", "run", "traffic").optional("traffic"))
        .map(TrafficSection::parse)
        .orElse(NONE);
  }

  private static TrafficSection parse(SpecNode node) {
    var section = node.asMapping("targetGroups", "healthy", "drained");
    var targets = new ArrayList<WantedTarget>();
    for (var element : section.optional("targetGroups").map(SpecNode::asList).orElse(List.of())) {
      var target = target(element);
      if (targets.stream().anyMatch(t -> t.group().name().equals(target.group().name()))) {
        throw element.error("the target group " + target.group().name() + " is named twice");
      }
      targets.add(target);
    }
    return new TrafficSection(
        targets,
        section.optional("healthy").map(TrafficSection::limit).orElse(NONE.healthy()),
        section.optional("drained").map(TrafficSection::limit));
  }

  private static WantedTarget target(SpecNode node) {
    var entry = node.asMapping("name", "arn", "port", "nodePort");
    var name = entry.optional("name");
    var arn = entry.optional("arn");
    if (name.isPresent() == arn.isPresent()) {
      throw node.error("needs either name or arn");
    }
    var port = entry.optional("port");
    var nodePort = entry.optional("nodePort");
    if (port.isPresent() && nodePort.isPresent()) {
      throw node.error("takes either port or nodePort");
    }
    TargetPort where =
        port.<TargetPort>map(p -> new TargetPort.Fixed(p.asInteger(1, 65535)))
            .or(() -> nodePort.map(TrafficSection::nodePort))
            .orElseGet(TargetPort.GroupDefault::new);
    TargetGroupRef group = name.map(TrafficSection::name).orElseGet(() -> arn(arn.orElseThrow()));
    return new WantedTarget(group, where, node.position());
  }

  private static TargetGroupRef name(SpecNode node) {
    String text = node.asText();
    if (!NAME.matcher(text).matches()) {
      throw node.error(
          "expected the name of a target group (letters, digits and dashes, at most 32), found \""
              + text
              + "\"");
    }
    return new TargetGroupRef.ByName(text);
  }

  private static TargetGroupRef arn(SpecNode node) {
    String text = node.asText();
    if (!TargetGroupRef.isArn(text)) {
      throw node.error("expected the ARN of a target group, found \"" + text + "\"");
    }
    return new TargetGroupRef.ByArn(text);
  }

  private static TargetPort nodePort(SpecNode node) {
    var parts = NODE_PORT.matcher(node.asText());
    if (!parts.matches()) {
      throw node.error(
          "expected namespace/service:port such as ingress-nginx/controller:https, found \""
              + node.asText()
              + "\"");
    }
    return new TargetPort.NodePort(parts.group(1), parts.group(2), parts.group(3));
  }

  private static Duration limit(SpecNode node) {
    Duration limit = node.asDuration();
    if (limit.isZero() || limit.compareTo(LONGEST) > 0) {
      // CodeDeploy fails an event after an hour whatever we wait for.
      throw node.error("expected more than zero and at most 1h");
    }
    return limit;
  }
}
