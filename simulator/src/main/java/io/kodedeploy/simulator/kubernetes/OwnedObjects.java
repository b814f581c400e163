package io.kodedeploy.simulator.kubernetes;

import static io.kodedeploy.simulator.kubernetes.ResourceCatalog.POD;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The pods and replica sets that a workload has made. */
final class OwnedObjects {
  private static final Comparator<ObjectNode> FIRST_TO_GO =
      Comparator.comparing(OwnedObjects::ready)
          .thenComparing(
              Comparator.comparing(
                      (ObjectNode pod) -> ObjectTree.text(pod, "metadata", "creationTimestamp"))
                  .reversed())
          .thenComparing(ObjectTree::name);

  private final ObjectStore store;
  private final ObjectVerbs verbs;
  private final Deletion deletion;

  OwnedObjects(ObjectStore store, ObjectVerbs verbs, Deletion deletion) {
    this.store = store;
    this.verbs = verbs;
    this.deletion = deletion;
  }

  List<ObjectNode> of(ResourceKind kind, ObjectNode owner) {
    return store.list(kind, ObjectTree.namespace(owner)).stream()
        .filter(object -> ObjectTree.controlledBy(object, owner))
        .toList();
  }

  /** The pods of an owner that are not ending, those to end first at the front. */
  List<ObjectNode> livePods(ObjectNode owner) {
    return of(POD, owner).stream()
        .filter(pod -> !ObjectTree.deleting(pod))
        .sorted(FIRST_TO_GO)
        .toList();
  }

  static boolean ready(ObjectNode pod) {
    return !ObjectTree.deleting(pod)
        && Conditions.find(pod.path("status"), "Ready")
            .filter(c -> ObjectTree.text(c, "status").equals("True"))
            .isPresent();
  }

  /** Makes a pod of the owner's template. */
  void createPod(
      ResourceKind ownerKind, ObjectNode owner, String name, Map<String, String> labels) {
    var template = ObjectTree.at(owner, "spec", "template");
    var pod = JsonNodeFactory.instance.objectNode();
    var metadata = ObjectTree.metadata(pod).put("name", name);
    for (var part : new String[] {"labels", "annotations"}) {
      if (ObjectTree.at(template, "metadata").has(part)) {
        metadata.set(part, ObjectTree.at(template, "metadata", part).deepCopy());
      }
    }
    labels.forEach(ObjectTree.child(metadata, "labels")::put);
    own(pod, ownerKind, owner);
    pod.set("spec", template.path("spec").deepCopy());
    verbs.create(POD, ObjectTree.namespace(owner), pod, WriteOptions.CONTROLLER);
  }

  void delete(ResourceKind kind, ObjectNode object) {
    deletion.delete(
        kind, ObjectTree.namespace(object), ObjectTree.name(object), object.objectNode(), false);
  }

  static void own(ObjectNode object, ResourceKind ownerKind, ObjectNode owner) {
    ObjectTree.metadata(object)
        .putArray("ownerReferences")
        .addObject()
        .put("apiVersion", ownerKind.apiVersion())
        .put("kind", ownerKind.kind())
        .put("name", ObjectTree.name(owner))
        .put("uid", ObjectTree.uid(owner))
        .put("controller", true)
        .put("blockOwnerDeletion", true);
  }
}
