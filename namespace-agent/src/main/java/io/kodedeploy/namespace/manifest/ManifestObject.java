package io.kodedeploy.namespace.manifest;

import tools.jackson.databind.node.ObjectNode;

/**
 * One object as the bundle wants it, checked as far as that is possible without a cluster.
 *
 * @param key its identity
 * @param apiVersion as written
 * @param json the whole object; the namespace is set, fields that only a server writes are gone
 * @param position where it was written
 */
public record ManifestObject(ObjectKey key, String apiVersion, ObjectNode json, Position position) {
  /** The same object without a namespace: its kind belongs to the whole cluster. */
  ManifestObject ofTheCluster() {
    var copy = json.deepCopy();
    ((ObjectNode) copy.get("metadata")).remove("namespace");
    return new ManifestObject(
        new ObjectKey(key.group(), key.kind(), "", key.name()), apiVersion, copy, position);
  }

  /** Kind and name only: an object's content may be a Secret's. */
  @Override
  public String toString() {
    return key + " (" + position + ")";
  }
}
