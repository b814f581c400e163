package io.kodedeploy.simulator.kubernetes;

import static io.kodedeploy.simulator.kubernetes.ResourceKind.Trait.STATUS;

import io.kodedeploy.simulator.kubernetes.patch.ApplyConflictException;
import io.kodedeploy.simulator.kubernetes.patch.FieldSchema;
import io.kodedeploy.simulator.kubernetes.patch.JsonPatch;
import io.kodedeploy.simulator.kubernetes.patch.ManagedFields;
import io.kodedeploy.simulator.kubernetes.patch.Manager;
import io.kodedeploy.simulator.kubernetes.patch.Patches;
import io.kodedeploy.simulator.time.SimulatorClock;
import java.security.SecureRandom;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What may be done to objects, with the rules of the API server. */
final class ObjectVerbs {
  private static final String SUFFIX_LETTERS = "bcdfghjklmnpqrstvwxz2456789";

  private final ObjectStore store;
  private final Admission admission;
  private final SimulatorClock clock;
  private final SecureRandom random = new SecureRandom();

  ObjectVerbs(ObjectStore store, SimulatorClock clock) {
    this.store = store;
    this.clock = clock;
    admission = new Admission(store);
  }

  ObjectNode get(ResourceKind kind, String namespace, String name) {
    return store.get(kind, namespace, name).orElseThrow(() -> StatusException.notFound(kind, name));
  }

  ObjectNode create(ResourceKind kind, String namespace, ObjectNode body, WriteOptions options) {
    return store.exclusively(
        () -> {
          var object = body.deepCopy();
          nameIt(kind, namespace, object);
          var name = ObjectTree.name(object);
          if (store.get(kind, namespace, name).isPresent()) {
            throw StatusException.alreadyExists(kind, name);
          }
          ObjectTree.metadata(object).remove("managedFields");
          return insert(
              kind,
              object,
              options,
              () -> fields(kind).update(object.objectNode(), object, updater(kind, options)));
        });
  }

  /** Replaces an object, or its status when that is the subresource. */
  ObjectNode update(
      ResourceKind kind, String namespace, String name, ObjectNode body, WriteOptions options) {
    return store.exclusively(
        () -> {
          var live = get(kind, namespace, name);
          return replace(kind, live, body.deepCopy(), options);
        });
  }

  /** Merge, strategic merge or JSON patch of an object that exists. */
  ObjectNode patch(
      ResourceKind kind,
      String namespace,
      String name,
      String mediaType,
      JsonNode patch,
      WriteOptions options) {
    return change(
        kind,
        namespace,
        name,
        options,
        live ->
            switch (mediaType) {
              case "application/json-patch+json" -> jsonPatched(kind, live, patch);
              case "application/merge-patch+json" -> (ObjectNode) Patches.merge(live, patch);
              case "application/strategic-merge-patch+json" ->
                  (ObjectNode) Patches.strategic(live, patch);
              default ->
                  throw new StatusException(
                      415,
                      "UnsupportedMediaType",
                      "the body of the request was in an unknown format - accepted media types"
                          + " include: application/json-patch+json, application/merge-patch+json,"
                          + " application/strategic-merge-patch+json,"
                          + " application/apply-patch+yaml");
            });
  }

  private static ObjectNode jsonPatched(ResourceKind kind, ObjectNode live, JsonNode patch) {
    try {
      return JsonPatch.apply(live, patch);
    } catch (IllegalArgumentException e) {
      throw StatusException.invalid(kind, ObjectTree.name(live), "patch", e.getMessage());
    }
  }

  /** Changes an object by a function from its present state to the next; for our controllers. */
  ObjectNode change(
      ResourceKind kind,
      String namespace,
      String name,
      WriteOptions options,
      UnaryOperator<ObjectNode> change) {
    return store.exclusively(
        () -> {
          var live = get(kind, namespace, name);
          var next = change.apply(live.deepCopy());
          if (next.equals(live)) {
            return live;
          }
          return replace(kind, live, next, options);
        });
  }

  /** Server-side apply; creates the object when there is none. */
  Applied apply(
      ResourceKind kind, String namespace, String name, ObjectNode intent, WriteOptions options) {
    return store.exclusively(
        () -> {
          var live = store.get(kind, namespace, name);
          if (ObjectTree.at(intent, "metadata", "managedFields").size() > 0) {
            throw StatusException.badRequest("metadata.managedFields must be nil");
          }
          nameIt(kind, namespace, intent);
          if (!ObjectTree.name(intent).equals(name)) {
            throw StatusException.badRequest("the name of the object does not match the URL");
          }
          var manager =
              Manager.applying(options.manager(), kind.apiVersion(), options.subresource());
          ObjectNode merged;
          try {
            merged =
                fields(kind)
                    .apply(live.orElse(intent.objectNode()), intent, manager, options.force());
          } catch (ApplyConflictException e) {
            throw StatusException.conflict(e);
          }
          if (live.isEmpty()) {
            return new Applied(insert(kind, merged, options, () -> {}), true);
          }
          var resourceVersion = ObjectTree.text(intent, "metadata", "resourceVersion");
          if (!resourceVersion.isEmpty()) {
            ObjectTree.metadata(merged).put("resourceVersion", resourceVersion);
          }
          return new Applied(commit(kind, live.get(), merged, options, false), false);
        });
  }

  /** The outcome of an apply. */
  record Applied(ObjectNode object, boolean created) {}

  private ObjectNode insert(
      ResourceKind kind, ObjectNode object, WriteOptions options, Runnable recordOwner) {
    var metadata = ObjectTree.metadata(object);
    if (metadata.has("resourceVersion")) {
      throw StatusException.badRequest(
          "resourceVersion should not be set on objects to be created");
    }
    if (kind.has(STATUS)) {
      object.remove("status");
    }
    recordOwner.run();
    metadata.put("uid", UUID.randomUUID().toString());
    metadata.put("creationTimestamp", clock.now().truncatedTo(ChronoUnit.SECONDS).toString());
    metadata.remove("generation");
    if (kind.hasGeneration()) {
      metadata.put("generation", 1);
    }
    admission.admit(kind, object, null);
    return options.dryRun() ? object : store.put(kind, object);
  }

  private ObjectNode replace(
      ResourceKind kind, ObjectNode live, ObjectNode next, WriteOptions options) {
    if (!ObjectTree.name(next).equals(ObjectTree.name(live))) {
      throw StatusException.badRequest("the name of the object does not match the URL");
    }
    return commit(kind, live, next, options, true);
  }

  private ObjectNode commit(
      ResourceKind kind,
      ObjectNode live,
      ObjectNode sent,
      WriteOptions options,
      boolean recordOwner) {
    var name = ObjectTree.name(live);
    var version = ObjectTree.text(sent, "metadata", "resourceVersion");
    if (!version.isEmpty()
        && !version.equals(ObjectTree.text(live, "metadata", "resourceVersion"))) {
      throw StatusException.outdated(kind, name);
    }
    var uid = ObjectTree.uid(sent);
    if (!uid.isEmpty() && !uid.equals(ObjectTree.uid(live))) {
      throw StatusException.outdated(kind, name);
    }
    var next = sent;
    if (options.subresource().equals("status")) {
      next = live.deepCopy();
      next.set(
          "status", sent.path("status").isMissingNode() ? sent.objectNode() : sent.get("status"));
      if (!recordOwner) {
        copyOwners(sent, next);
      }
    } else if (kind.has(STATUS)) {
      next.remove("status");
      if (live.has("status")) {
        next.set("status", live.get("status"));
      }
    }
    keepSystemFields(live, next);
    admission.admit(kind, next, live);
    if (recordOwner) {
      fields(kind).update(live, next, updater(kind, options));
    }
    if (kind.hasGeneration()
        && !options.subresource().equals("status")
        && desireChanged(live, next)) {
      ObjectTree.metadata(next)
          .put("generation", ObjectTree.number(live, 1, "metadata", "generation") + 1);
    }
    if (next.equals(live)) {
      return live;
    }
    if (options.dryRun()) {
      return next;
    }
    if (ObjectTree.deleting(next)
        && ObjectTree.at(next, "metadata", "finalizers").isEmpty()
        && !ObjectTree.at(next, "metadata").has("deletionGracePeriodSeconds")) {
      store.remove(kind, live);
      return next;
    }
    return store.put(kind, next);
  }

  private static void copyOwners(ObjectNode from, ObjectNode to) {
    var entries = ObjectTree.at(from, "metadata", "managedFields");
    if (entries.isArray()) {
      ObjectTree.metadata(to).set("managedFields", entries);
    }
  }

  private static void keepSystemFields(ObjectNode live, ObjectNode next) {
    var metadata = ObjectTree.metadata(next);
    for (var field :
        new String[] {
          "uid",
          "creationTimestamp",
          "generation",
          "deletionTimestamp",
          "deletionGracePeriodSeconds",
          "resourceVersion",
          "namespace"
        }) {
      var value = ObjectTree.at(live, "metadata", field);
      if (value.isMissingNode()) {
        metadata.remove(field);
      } else {
        metadata.set(field, value);
      }
    }
    for (var field : new String[] {"apiVersion", "kind"}) {
      next.set(field, live.get(field));
    }
  }

  private static boolean desireChanged(ObjectNode live, ObjectNode next) {
    return !withoutBookkeeping(live).equals(withoutBookkeeping(next));
  }

  private static ObjectNode withoutBookkeeping(ObjectNode object) {
    var copy = object.objectNode();
    copy.setAll(object);
    copy.remove("metadata");
    copy.remove("status");
    return copy;
  }

  private void nameIt(ResourceKind kind, String namespace, ObjectNode object) {
    var stated = ObjectTree.text(object, "kind");
    var version = ObjectTree.text(object, "apiVersion");
    if (!(stated.equals(kind.kind()) || stated.isEmpty())
        || !(version.equals(kind.apiVersion()) || version.isEmpty())) {
      throw StatusException.badRequest(
          version
              + "/"
              + stated
              + " in the body does not match the URL, which wants "
              + kind.apiVersion()
              + "/"
              + kind.kind());
    }
    object.put("apiVersion", kind.apiVersion()).put("kind", kind.kind());
    var metadata = ObjectTree.metadata(object);
    if (kind.namespaced()) {
      var inBody = ObjectTree.namespace(object);
      if (!inBody.isEmpty() && !inBody.equals(namespace)) {
        throw StatusException.badRequest(
            "the namespace of the provided object does not match the namespace sent on the"
                + " request");
      }
      metadata.put("namespace", namespace);
    } else {
      metadata.remove("namespace");
    }
    var prefix = ObjectTree.text(object, "metadata", "generateName");
    if (ObjectTree.name(object).isEmpty() && !prefix.isEmpty()) {
      metadata.put("name", prefix + suffix());
    }
  }

  /** Five letters as the API server appends them to {@code generateName}. */
  String suffix() {
    var suffix = new StringBuilder();
    for (int i = 0; i < 5; i++) {
      suffix.append(SUFFIX_LETTERS.charAt(random.nextInt(SUFFIX_LETTERS.length())));
    }
    return suffix.toString();
  }

  private ManagedFields fields(ResourceKind kind) {
    return new ManagedFields(FieldSchema.ofKind(kind.kind()), clock.now());
  }

  private static Manager updater(ResourceKind kind, WriteOptions options) {
    return Manager.updating(options.manager(), kind.apiVersion(), options.subresource());
  }
}
