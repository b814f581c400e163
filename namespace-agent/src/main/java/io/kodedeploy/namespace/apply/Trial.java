package io.kodedeploy.namespace.apply;

import io.kodedeploy.namespace.cluster.ApiAnswer;
import io.kodedeploy.namespace.manifest.PlannedObject;
import tools.jackson.databind.JsonNode;

/** What has to be done for one object, found without changing anything. */
sealed interface Trial {
  /** The object. */
  PlannedObject object();

  /** It is as the bundle wants it, by its mark. */
  record Unchanged(PlannedObject object) implements Trial {}

  /** It is as the bundle wants it, by a dry run; {@code live} is the object now. */
  record Equal(PlannedObject object, JsonNode live) implements Trial {}

  /** It has to be written. */
  record Differs(PlannedObject object) implements Trial {}

  /** It has to be deleted and created, which its annotation allows. */
  record Replaced(PlannedObject object, String uid) implements Trial {}

  /** It is another application's. */
  record Foreign(PlannedObject object, String owner) implements Trial {}

  /** The API server would not take it. */
  record Refused(PlannedObject object, ApiAnswer answer) implements Trial {}
}
