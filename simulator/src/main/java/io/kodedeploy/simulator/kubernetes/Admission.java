package io.kodedeploy.simulator.kubernetes;

import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What every object goes through before it is stored: defaults, allocation, validation. */
final class Admission {
  private static final Pattern NAME =
      Pattern.compile("[a-z0-9]([-a-z0-9.]*[a-z0-9])?", Pattern.CASE_INSENSITIVE);
  private static final Set<String> WITH_TEMPLATE =
      Set.of("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet");

  private final ObjectStore store;
  private final ServiceAllocation services;

  Admission(ObjectStore store) {
    this.store = store;
    services = new ServiceAllocation(store);
  }

  /**
   * Completes an object.
   *
   * @param live the stored state; null when the object is new
   * @throws StatusException if the object is refused
   */
  void admit(ResourceKind kind, ObjectNode object, @Nullable ObjectNode live) {
    var name = ObjectTree.name(object);
    if (name.isEmpty()) {
      throw StatusException.invalid(
          kind, "", "metadata.name", "Required value: name or generateName is required");
    }
    if (!kind.group().startsWith("rbac.")
        && (name.length() > 253 || !NAME.matcher(name).matches())) {
      throw StatusException.invalid(
          kind,
          name,
          "metadata.name",
          "Invalid value: \""
              + name
              + "\": a lowercase RFC 1123 subdomain must consist of lower"
              + " case alphanumeric characters, '-' or '.', and must start and end with an"
              + " alphanumeric character");
    }
    if (kind.namespaced() && live == null) {
      requireNamespace(kind, object);
    }
    Defaults.fill(kind, object);
    if (kind.equals(ResourceCatalog.SERVICE)) {
      services.allocate(object, live);
    }
    if (WITH_TEMPLATE.contains(kind.kind())) {
      checkTemplate(kind, object, live);
    }
    if (kind.equals(ResourceCatalog.POD) && ObjectTree.at(object, "spec", "containers").isEmpty()) {
      throw StatusException.invalid(kind, name, "spec.containers", "Required value");
    }
  }

  private void requireNamespace(ResourceKind kind, ObjectNode object) {
    var namespace = ObjectTree.namespace(object);
    var found =
        store
            .get(ResourceCatalog.NAMESPACE, "", namespace)
            .orElseThrow(() -> StatusException.notFound(ResourceCatalog.NAMESPACE, namespace));
    if (ObjectTree.deleting(found)) {
      throw new StatusException(
          403,
          "Forbidden",
          kind.qualified()
              + " \""
              + ObjectTree.name(object)
              + "\" is forbidden: unable to create"
              + " new content in namespace "
              + namespace
              + " because it is being terminated");
    }
  }

  private static void checkTemplate(
      ResourceKind kind, ObjectNode object, @Nullable ObjectNode live) {
    var name = ObjectTree.name(object);
    var selector = ObjectTree.at(object, "spec", "selector");
    if (selector.isEmpty()) {
      throw StatusException.invalid(kind, name, "spec.selector", "Required value");
    }
    var template = ObjectTree.at(object, "spec", "template");
    if (!Selector.matches(selector, ObjectTree.labels(template))) {
      throw StatusException.invalid(
          kind,
          name,
          "spec.template.metadata.labels",
          "Invalid value: "
              + ObjectTree.labels(template)
              + ": `selector` does not match template"
              + " `labels`");
    }
    if (ObjectTree.at(template, "spec", "containers").isEmpty()) {
      throw StatusException.invalid(kind, name, "spec.template.spec.containers", "Required value");
    }
    if (live != null && !ObjectTree.at(live, "spec", "selector").equals(selector)) {
      throw StatusException.invalid(
          kind, name, "spec.selector", "Invalid value: " + selector + ": field is immutable");
    }
  }
}
