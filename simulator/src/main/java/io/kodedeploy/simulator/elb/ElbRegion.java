package io.kodedeploy.simulator.elb;

import io.kodedeploy.simulator.wire.Account;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;

/** What one region has. Its monitor guards everything but the data path. */
final class ElbRegion {
  final Map<String, LoadBalancer> loadBalancers = new LinkedHashMap<>();
  final Map<String, TargetGroup> targetGroups = new LinkedHashMap<>();
  final Map<String, Map<String, String>> tags = new HashMap<>();
  private final Account account;
  private final String region;

  ElbRegion(Account account, String region) {
    this.account = account;
    this.region = region;
  }

  String arn(String resource) {
    return account.arn("elasticloadbalancing", region, resource);
  }

  static String newId() {
    var bytes = new byte[8];
    ThreadLocalRandom.current().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  LoadBalancer loadBalancer(String arn) {
    var found = loadBalancers.get(arn);
    if (found == null) {
      throw ElbErrors.loadBalancerNotFound(arn);
    }
    return found;
  }

  TargetGroup targetGroup(String arn) {
    var found = targetGroups.get(arn);
    if (found == null) {
      throw ElbErrors.targetGroupNotFound();
    }
    return found;
  }

  Optional<TargetGroup> targetGroupNamed(String name) {
    return targetGroups.values().stream().filter(g -> g.name().equals(name)).findFirst();
  }

  Listener listener(String arn) {
    return loadBalancers.values().stream()
        .flatMap(lb -> lb.listeners.values().stream())
        .filter(listener -> listener.arn.equals(arn))
        .findFirst()
        .orElseThrow(ElbErrors::listenerNotFound);
  }

  /** The listener that has the rule. */
  Listener listenerOfRule(String ruleArn) {
    return loadBalancers.values().stream()
        .flatMap(lb -> lb.listeners.values().stream())
        .filter(listener -> listener.rules().stream().anyMatch(r -> r.arn().equals(ruleArn)))
        .findFirst()
        .orElseThrow(ElbErrors::ruleNotFound);
  }

  /** The load balancers whose rules name the group. */
  java.util.List<LoadBalancer> users(String targetGroupArn) {
    return loadBalancers.values().stream()
        .filter(lb -> lb.listeners.values().stream().anyMatch(l -> l.names(targetGroupArn)))
        .toList();
  }

  /** After a change of rules: a group that is named is checked, one that is not is not in use. */
  void updateUse() {
    targetGroups.values().forEach(group -> group.use(!users(group.arn()).isEmpty()));
  }

  void tag(String arn, Map<String, String> added) {
    tags.computeIfAbsent(arn, _ -> new TreeMap<>()).putAll(added);
  }

  void close() {
    loadBalancers.values().forEach(LoadBalancer::close);
    targetGroups.values().forEach(TargetGroup::delete);
    loadBalancers.clear();
    targetGroups.clear();
    tags.clear();
  }
}
