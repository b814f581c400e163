package io.kodedeploy.simulator.kubernetes;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * One change of one object.
 *
 * @param object the new state, or the last one of a deleted object
 * @param previous the state before; null when the object is new
 */
record StoreEvent(
    Type type, ResourceKind kind, ObjectNode object, @Nullable ObjectNode previous, long revision) {
  enum Type {
    ADDED,
    MODIFIED,
    DELETED
  }
}
