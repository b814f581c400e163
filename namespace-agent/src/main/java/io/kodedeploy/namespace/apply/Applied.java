package io.kodedeploy.namespace.apply;

import io.kodedeploy.namespace.apply.Change.Action;
import io.kodedeploy.namespace.manifest.ObjectKey;
import io.kodedeploy.namespace.manifest.PlannedObject;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * What an apply did: the value between writing and waiting.
 *
 * @param objects every object of the plan
 * @param changes what became of each
 * @param seen the objects that were read or written, as the API server answered
 */
record Applied(List<PlannedObject> objects, List<Change> changes, Map<ObjectKey, JsonNode> seen) {
  /** Whether an object was written. */
  boolean isWritten(ObjectKey key) {
    return changes.stream()
        .anyMatch(change -> change.subject().equals(key) && change.action() != Action.UNCHANGED);
  }
}
