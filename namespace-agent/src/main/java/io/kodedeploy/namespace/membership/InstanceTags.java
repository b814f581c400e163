package io.kodedeploy.namespace.membership;

import java.util.Map;
import java.util.Optional;

/** The tags of on-premises instances. Failures are {@code AgentException}. */
interface InstanceTags {
  /** Those of an instance, or empty when it is not registered. */
  Optional<Map<String, String>> of(String instance);

  /** Adds them, or changes their values. */
  void add(String instance, Map<String, String> tags);

  /** Removes those that have these values. */
  void remove(String instance, Map<String, String> tags);
}
