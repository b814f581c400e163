package io.kodedeploy.core.hook;

import io.kodedeploy.core.spec.DeploymentSpec;
import io.kodedeploy.core.spec.Revision;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The environment of a script (host-agent.md 10.4). Never holds credentials of the agent. */
final class ScriptEnvironment {
  private static final List<String> WITHHELD =
      List.of(
          "AWS_ACCESS_KEY", // both short names: on-premises hosts of the official agent, FIX 14
          "AWS_SECRET_KEY",
          "AWS_ACCESS_KEY_ID", // host-agent.md 2.2
          "AWS_SECRET_ACCESS_KEY",
          "AWS_CREDENTIAL_FILE");

  private ScriptEnvironment() {}

  /**
   * The agent's environment plus what describes the current deployment.
   *
   * @param observedETag ETag of the downloaded bundle, for a specification that has none
   */
  static Map<String, String> of(
      Map<String, String> agent, String event, DeploymentSpec spec, Optional<String> observedETag) {
    var environment = new HashMap<>(agent);
    WITHHELD.forEach(environment::remove);
    environment.put("LIFECYCLE_EVENT", event);
    environment.put("DEPLOYMENT_ID", spec.deploymentId());
    environment.put("APPLICATION_NAME", spec.applicationName());
    environment.put("DEPLOYMENT_GROUP_NAME", spec.deploymentGroupName());
    environment.put("DEPLOYMENT_GROUP_ID", spec.deploymentGroupId());
    switch (spec.revision()) {
      case Revision.S3 s3 -> {
        environment.put("BUNDLE_BUCKET", s3.bucket());
        environment.put("BUNDLE_KEY", s3.key());
        set(environment, "BUNDLE_VERSION", s3.version());
        set(environment, "BUNDLE_ETAG", s3.eTag().or(() -> observedETag));
      }
      case Revision.GitHub gitHub -> environment.put("BUNDLE_COMMIT", gitHub.commitId());
      case Revision.LocalFile _, Revision.LocalDirectory _ -> {}
    }
    return environment;
  }

  private static void set(
      Map<String, String> environment, String variable, Optional<String> value) {
    value.ifPresentOrElse(
        text -> environment.put(variable, text), () -> environment.remove(variable));
  }
}
