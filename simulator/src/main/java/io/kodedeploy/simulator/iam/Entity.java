package io.kodedeploy.simulator.iam;

import io.kodedeploy.simulator.wire.Parameters;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A user or a role: what both have. Guarded by the lock of {@link Identities}. */
final class Entity {
  private final String name;
  private final String path;
  private final String id;
  private final String arn;
  private final Instant created;
  private final Map<String, String> inlinePolicies = new LinkedHashMap<>();
  private final Set<String> attachedPolicies = new LinkedHashSet<>();
  private final Map<String, String> tags = new LinkedHashMap<>();
  private String trustPolicy = "";
  private int maxSessionSeconds = 3600;
  private String description = "";

  Entity(String name, String path, String id, String arn, Instant created, List<Parameters> tags) {
    this.name = name;
    this.path = path;
    this.id = id;
    this.arn = arn;
    this.created = created;
    tags.forEach(tag -> this.tags.put(tag.require("Key"), tag.get("Value").orElse("")));
  }

  String name() {
    return name;
  }

  String path() {
    return path;
  }

  /** {@code AIDA...} or {@code AROA...}. */
  String id() {
    return id;
  }

  String arn() {
    return arn;
  }

  Instant created() {
    return created;
  }

  /** Name to document. */
  Map<String, String> inlinePolicies() {
    return inlinePolicies;
  }

  /** ARNs. */
  Set<String> attachedPolicies() {
    return attachedPolicies;
  }

  Map<String, String> tags() {
    return tags;
  }

  /** Who may assume a role; empty for users. */
  String trustPolicy() {
    return trustPolicy;
  }

  void setTrustPolicy(String document) {
    trustPolicy = document;
  }

  int maxSessionSeconds() {
    return maxSessionSeconds;
  }

  void setMaxSessionSeconds(int seconds) {
    maxSessionSeconds = seconds;
  }

  String description() {
    return description;
  }

  void setDescription(String text) {
    description = text;
  }
}
