package io.kodedeploy.simulator.codedeploy;

import io.kodedeploy.simulator.wire.Json;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** An on-premises instance, registered or not any more. Guarded by the lock of {@link State}. */
final class OnPremisesInstance {
  final String name;
  final String arn;

  /** The IAM user's or the session's ARN: what the host signs as and calls itself. */
  final String identityArn;

  final Instant registerTime;
  final Map<String, String> tags = new TreeMap<>();
  @Nullable Instant deregisterTime;

  OnPremisesInstance(String name, String arn, String identityArn, Instant registerTime) {
    this.name = name;
    this.arn = arn;
    this.identityArn = identityArn;
    this.registerTime = registerTime;
  }

  boolean isRegistered() {
    return deregisterTime == null;
  }

  ObjectNode json() {
    var node = Json.object().put("instanceName", name);
    node.put(identityArn.contains(":sts::") ? "iamSessionArn" : "iamUserArn", identityArn);
    node.put("instanceArn", arn).put("registerTime", Json.time(registerTime));
    if (deregisterTime != null) {
      node.put("deregisterTime", Json.time(deregisterTime));
    }
    var list = node.putArray("tags");
    tags.forEach((key, value) -> list.add(Json.object().put("Key", key).put("Value", value)));
    return node;
  }
}
