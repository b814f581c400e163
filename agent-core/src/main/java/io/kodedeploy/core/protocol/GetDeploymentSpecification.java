package io.kodedeploy.core.protocol;

import io.kodedeploy.core.json.Json;
import io.kodedeploy.core.protocol.DeploymentSpecification.Envelope;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Fetches the signed specification of a deployment. */
record GetDeploymentSpecification(String deploymentExecutionId, String hostIdentifier)
    implements Wire<DeploymentSpecification> {
  @Override
  public String operation() {
    return "GetDeploymentSpecification";
  }

  @Override
  public ObjectNode body() {
    return Json.object()
        .put("DeploymentExecutionId", deploymentExecutionId)
        .put("HostIdentifier", hostIdentifier);
  }

  @Override
  public DeploymentSpecification read(JsonNode answer) {
    var specification = answer.path("DeploymentSpecification");
    var envelope = specification.path("GenericEnvelope");
    return new DeploymentSpecification(
        Wire.text(answer, "DeploymentSystem").orElse(""),
        specification.isObject(),
        envelope.isObject()
            ? Optional.of(
                new Envelope(
                    Wire.text(envelope, "Format").orElse(""),
                    Wire.text(envelope, "Payload").orElse("")))
            : Optional.empty());
  }
}
