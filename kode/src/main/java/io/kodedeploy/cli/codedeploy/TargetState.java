package io.kodedeploy.cli.codedeploy;

import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.codedeploy.model.DeploymentTarget;

/**
 * One host in one deployment.
 *
 * @param id the instance's name or id
 * @param status such as {@code InProgress}
 * @param events in the order in which they happen
 */
public record TargetState(String id, String status, List<EventState> events) {
  static TargetState of(DeploymentTarget target) {
    var instance = target.instanceTarget();
    return new TargetState(
        instance.targetId(),
        instance.statusAsString(),
        instance.lifecycleEvents().stream().map(EventState::of).toList());
  }

  /** Whether every event went well. */
  public boolean succeeded() {
    return status.equals("Succeeded");
  }

  /** The event that ended it badly. */
  public Optional<EventState> failure() {
    return events.stream().filter(EventState::failed).findFirst();
  }

  /** What it is doing or did last: an event and its status. */
  public String stage() {
    return events.stream()
        .filter(event -> event.status().equals("InProgress"))
        .findFirst()
        .or(this::failure)
        .map(event -> event.name() + " " + event.status())
        .or(
            () ->
                events.stream()
                    .filter(event -> event.status().equals("Succeeded"))
                    .reduce((_, last) -> last)
                    .filter(_ -> !succeeded())
                    .map(event -> event.name() + " Succeeded"))
        .orElse("");
  }
}
