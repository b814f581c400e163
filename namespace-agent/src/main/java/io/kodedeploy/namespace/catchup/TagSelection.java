package io.kodedeploy.namespace.catchup;

import java.util.List;

/**
 * Which on-premises hosts a group selects: {@code onPremisesTagSet} is an AND of ORs, {@code
 * onPremisesInstanceTagFilters} an OR. A group has one of them or none.
 *
 * @param sets every set must have a rule that matches
 * @param flat one rule must match
 */
record TagSelection(List<List<TagRule>> sets, List<TagRule> flat) {
  TagSelection {
    sets = sets.stream().map(List::copyOf).toList();
    flat = List.copyOf(flat);
  }

  /** Whether the group selects the host. A group without rules selects nobody. */
  boolean selects(HostTags host) {
    var tags = host.asMap();
    var bySets =
        !sets.isEmpty()
            && sets.stream().allMatch(set -> set.stream().anyMatch(rule -> rule.matches(tags)));
    return bySets || flat.stream().anyMatch(rule -> rule.matches(tags));
  }

  /** Whether the group is meant for single clusters: one of its sets is about the cluster's tag. */
  boolean singlesOutClusters() {
    return sets.stream()
        .anyMatch(
            set -> !set.isEmpty() && set.stream().allMatch(rule -> rule.names(HostTags.CLUSTER)));
  }
}
