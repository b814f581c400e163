package io.kodedeploy.node.traffic;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What this node serves, by application. Immutable; {@link NodeRecordFile} keeps it.
 *
 * @param applications CodeDeploy application to its targets
 */
public record NodeRecord(Map<String, Application> applications) {
  /** Nothing yet. */
  public static final NodeRecord EMPTY = new NodeRecord(Map.of());

  /**
   * One application's targets.
   *
   * @param deploymentGroup name of the group of the last deployment
   * @param deploymentId id of that deployment
   * @param targets where the node is or was registered for it
   * @param serving whether the node was healthy in all of them when last changed; false while a
   *     switch is under way
   */
  public record Application(
      String deploymentGroup, String deploymentId, List<Recorded> targets, boolean serving) {
    /** Copies the list. */
    public Application {
      targets = List.copyOf(targets);
    }

    Application serving(boolean now) {
      return new Application(deploymentGroup, deploymentId, targets, now);
    }
  }

  /**
   * A recorded target.
   *
   * @param target the registration
   * @param managed whether this node registered it; CodeDeploy otherwise
   */
  public record Recorded(Target target, boolean managed) {}

  /** Copies the map. */
  public NodeRecord {
    applications = Map.copyOf(applications);
  }

  /** The application's entry. */
  public Optional<Application> application(String name) {
    return Optional.ofNullable(applications.get(name));
  }

  /** A copy with that entry. */
  public NodeRecord with(String name, Application application) {
    var copy = new LinkedHashMap<>(applications);
    copy.put(name, application);
    return new NodeRecord(copy);
  }

  /** A copy without that entry. */
  public NodeRecord without(String name) {
    var copy = new LinkedHashMap<>(applications);
    copy.remove(name);
    return new NodeRecord(copy);
  }

  /** Another application whose record has a target of that target group. */
  Optional<String> claimant(String targetGroupArn, String except) {
    return applications.entrySet().stream()
        .filter(e -> !e.getKey().equals(except))
        .filter(
            e ->
                e.getValue().targets().stream()
                    .anyMatch(r -> r.target().arn().equals(targetGroupArn)))
        .map(Map.Entry::getKey)
        .sorted()
        .findFirst();
  }
}
