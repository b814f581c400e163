package io.kodedeploy.namespace.manifest;

import tools.jackson.databind.node.ObjectNode;

/**
 * An object of the plan: what is sent, and where.
 *
 * @param object as the bundle wants it
 * @param type how the cluster serves its kind
 * @param json what is sent: the object and the application's label
 */
public record PlannedObject(ManifestObject object, ResourceType type, ObjectNode json) {
  /** The object's identity. */
  public ObjectKey key() {
    return object.key();
  }

  /** The path of the object at the API server. */
  public String path() {
    return type.path(key().namespace(), key().name());
  }

  /** What its annotations ask for. */
  public ObjectOptions options() {
    return ObjectOptions.of(json);
  }

  /** Whether content of the object must never be shown. */
  public boolean secret() {
    return key().kind().equals("Secret") && key().group().isEmpty();
  }

  @Override
  public String toString() {
    return object.toString();
  }
}
