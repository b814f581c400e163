package io.kodedeploy.core.conformance;

import io.kodedeploy.core.spec.DeploymentSpec;
import io.kodedeploy.core.spec.DeploymentSpecReader;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Deployment specifications for cases: a complete one, changed as a case asks. */
public final class Specifications {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String COMPLETE =
      """
      {"DeploymentId": "d-1", "DeploymentGroupId": "G", "DeploymentGroupName": "group",
       "ApplicationName": "orders", "DeploymentCreator": "user", "DeploymentType": "IN_PLACE",
       "Revision": {"RevisionType": "S3", "S3Revision":
         {"Bucket": "b", "Key": "k.zip", "BundleType": "zip"}}}\
      """;

  private Specifications() {}

  /** The JSON of a complete specification with some members changed. */
  public static String json(Map<String, Object> changes) {
    var spec = (ObjectNode) JSON.readTree(COMPLETE);
    changes.forEach((path, value) -> set(spec, List.of(path.split("\\.")), value));
    return JSON.writeValueAsString(spec);
  }

  public static DeploymentSpec with(Map<String, Object> changes) {
    return DeploymentSpecReader.readUnsigned(json(changes));
  }

  private static void set(ObjectNode object, List<String> path, Object value) {
    if (path.size() > 1) {
      set((ObjectNode) object.get(path.getFirst()), path.subList(1, path.size()), value);
    } else if ("~absent".equals(value)) {
      object.remove(path.getFirst());
    } else {
      object.set(path.getFirst(), JSON.<JsonNode>valueToTree(value));
    }
  }
}
