package io.kodedeploy.namespace.catchup;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What an application should be in this namespace.
 *
 * @param group whose last successful deployment decides
 * @param deploymentId that deployment
 * @param pinned whether it is a group of single clusters: it holds the application until a group of
 *     the whole environment has a newer deployment
 * @param busy whether a deployment of a group that selects this host is running
 * @param groups names of all groups of the application that select this host
 */
record Wanted(
    String application,
    GroupState group,
    String deploymentId,
    boolean pinned,
    boolean busy,
    Set<String> groups) {
  Wanted {
    groups = Set.copyOf(groups);
  }

  /** When the wanted deployment was created. */
  java.time.Instant created() {
    return group.lastSuccessful().orElseThrow().created();
  }

  /**
   * Decides for every application that a group brings here: the newest successful deployment of the
   * groups that select this host wins. Applications without one are left out.
   */
  static Map<String, Wanted> of(List<GroupState> groups, HostTags host) {
    var wanted = new TreeMap<String, Wanted>();
    var byApplication = new TreeMap<String, List<GroupState>>();
    for (var group : groups) {
      if (group.selection().selects(host)) {
        byApplication.merge(
            group.application(),
            List.of(group),
            (some, more) -> java.util.stream.Stream.concat(some.stream(), more.stream()).toList());
      }
    }
    byApplication.forEach(
        (application, candidates) ->
            newest(candidates)
                .ifPresent(
                    group ->
                        wanted.put(
                            application,
                            new Wanted(
                                application,
                                group,
                                group.lastSuccessful().orElseThrow().id(),
                                group.selection().singlesOutClusters(),
                                candidates.stream().anyMatch(GroupState::running),
                                candidates.stream()
                                    .map(GroupState::name)
                                    .collect(Collectors.toSet())))));
    return wanted;
  }

  private static Optional<GroupState> newest(List<GroupState> groups) {
    return groups.stream()
        .filter(group -> group.lastSuccessful().isPresent())
        .max(
            Comparator.<GroupState, java.time.Instant>comparing(
                    group -> group.lastSuccessful().orElseThrow().created())
                .thenComparing(group -> group.lastSuccessful().orElseThrow().id()));
  }
}
