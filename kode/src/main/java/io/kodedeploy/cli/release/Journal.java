package io.kodedeploy.cli.release;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a release has done and how each step is undone, kept in the bucket so that any machine can
 * go on with it.
 *
 * @param schema version of this form
 * @param application the application
 * @param cluster the cluster being released
 * @param releaseId marks the release's deployment and probes
 * @param state where the release stands
 * @param holder who works on it
 * @param heartbeat when the holder was last seen alive
 * @param listenerArn where the weights are
 * @param ruleArn the rule in it, absent for the default actions
 * @param before the weights before the release
 * @param deploymentId the deployment to the cluster's nodes, once it exists
 * @param entries every change, the next one included, oldest first
 */
record Journal(
    int schema,
    String application,
    String cluster,
    String releaseId,
    State state,
    Holder holder,
    String heartbeat,
    String listenerArn,
    Optional<String> ruleArn,
    Map<String, Integer> before,
    Optional<String> deploymentId,
    List<Entry> entries) {
  static final int SCHEMA = 1;

  /** The change that puts the weights back. */
  static final String RESTORE = "restore the weights";

  /** Where a release stands. */
  enum State {
    RUNNING,
    DONE,
    ROLLED_BACK,
    NOT_ROLLED_BACK
  }

  /**
   * One change, written before it is made.
   *
   * @param time when it was about to be made
   * @param change what it is, in words
   * @param weights what it sets; empty when it sets none
   * @param inverse the weights that undo it; empty when there is nothing to undo
   */
  record Entry(
      String time, String change, Map<String, Integer> weights, Map<String, Integer> inverse) {
    Entry {
      weights = new LinkedHashMap<>(weights);
      inverse = new LinkedHashMap<>(inverse);
    }
  }

  Journal {
    before = new LinkedHashMap<>(before);
    entries = List.copyOf(entries);
  }

  Journal with(Entry entry) {
    var more = new ArrayList<>(entries);
    more.add(entry);
    return new Journal(
        schema,
        application,
        cluster,
        releaseId,
        state,
        holder,
        heartbeat,
        listenerArn,
        ruleArn,
        before,
        deploymentId,
        more);
  }

  Journal with(State next) {
    return new Journal(
        schema,
        application,
        cluster,
        releaseId,
        next,
        holder,
        heartbeat,
        listenerArn,
        ruleArn,
        before,
        deploymentId,
        entries);
  }

  Journal heldBy(Holder next) {
    return new Journal(
        schema,
        application,
        cluster,
        releaseId,
        state,
        next,
        heartbeat,
        listenerArn,
        ruleArn,
        before,
        deploymentId,
        entries);
  }

  Journal seenAt(String time) {
    return new Journal(
        schema,
        application,
        cluster,
        releaseId,
        state,
        holder,
        time,
        listenerArn,
        ruleArn,
        before,
        deploymentId,
        entries);
  }

  Journal deployedBy(String id) {
    return new Journal(
        schema,
        application,
        cluster,
        releaseId,
        state,
        holder,
        heartbeat,
        listenerArn,
        ruleArn,
        before,
        Optional.of(id),
        entries);
  }

  /** Whether the release had already failed: then it is undone, not resumed. */
  boolean undoing() {
    return state == State.NOT_ROLLED_BACK
        || (!entries.isEmpty() && entries.getLast().change().equals(RESTORE));
  }

  /** The weights this release may have left behind: before it, or around its last change. */
  boolean explains(Map<String, Integer> live) {
    if (live.equals(before)) {
      return true;
    }
    return entries.reversed().stream()
        .filter(entry -> !entry.weights().isEmpty())
        .findFirst()
        .map(entry -> live.equals(entry.weights()) || live.equals(entry.inverse()))
        .orElse(false);
  }
}
