package io.kodedeploy.core.hook;

import io.kodedeploy.core.config.HookRules;
import io.kodedeploy.core.spec.DeploymentSpec;
import io.kodedeploy.core.spec.Revision;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The environment of a script (host-agent.md 10.4, 14.5). Never holds credentials of the agent: its
 * keys and tokens themselves are withheld, names of files and addresses where a container platform
 * offers credentials to every process are not.
 */
public final class ScriptEnvironment {
  private static final List<String> WITHHELD =
      List.of(
          "MALLOC_ARENA_MAX", // the agent's launcher sets it for itself
          "AWS_SESSION_TOKEN",
          "AWS_SECURITY_TOKEN",
          "AWS_CONTAINER_AUTHORIZATION_TOKEN",
          "AWS_ACCESS_KEY", // both short names: on-premises hosts of the official agent, FIX 14
          "AWS_SECRET_KEY",
          "AWS_ACCESS_KEY_ID", // host-agent.md 2.2
          "AWS_SECRET_ACCESS_KEY",
          "AWS_CREDENTIAL_FILE");

  /** What is left of the agent's environment by {@code restrict_hook_env_to_allowlist}. */
  private static final Pattern ALLOWED =
      Pattern.compile(
          "PATH|HOME|USER|LOGNAME|SHELL|TERM|TZ|TMPDIR|LANG|LANGUAGE|LC_.*"
              + "|(?i:https?_proxy|no_proxy)"
              + "|AWS_REGION|AWS_DEFAULT_REGION|AWS_HOST_IDENTIFIER");

  private ScriptEnvironment() {}

  /**
   * The agent's environment plus what describes the current deployment.
   *
   * @param rules what of the agent's environment is handed on
   * @param observedETag ETag of the downloaded bundle, for a specification that has none
   */
  static Map<String, String> of(
      Map<String, String> agent,
      HookRules rules,
      String event,
      DeploymentSpec spec,
      Optional<String> observedETag) {
    var environment = new HashMap<>(agent);
    WITHHELD.forEach(environment::remove);
    if (rules.stripLoader()) {
      environment.keySet().removeIf(name -> name.startsWith("LD_"));
    }
    if (rules.allowlist()) {
      environment.keySet().removeIf(name -> !ALLOWED.matcher(name).matches());
    }
    if (spec.revision() instanceof Revision.S3) {
      environment.keySet().removeAll(List.of("BUNDLE_VERSION", "BUNDLE_ETAG"));
    }
    environment.putAll(describing(event, spec, observedETag));
    return environment;
  }

  /**
   * The variables that describe a deployment, and nothing else.
   *
   * @param observedETag as above
   */
  public static Map<String, String> describing(
      String event, DeploymentSpec spec, Optional<String> observedETag) {
    var environment = new HashMap<String, String>();
    environment.put("LIFECYCLE_EVENT", event);
    environment.put("DEPLOYMENT_ID", spec.deploymentId());
    environment.put("APPLICATION_NAME", spec.applicationName());
    environment.put("DEPLOYMENT_GROUP_NAME", spec.deploymentGroupName());
    environment.put("DEPLOYMENT_GROUP_ID", spec.deploymentGroupId());
    switch (spec.revision()) {
      case Revision.S3 s3 -> {
        environment.put("BUNDLE_BUCKET", s3.bucket());
        environment.put("BUNDLE_KEY", s3.key());
        s3.version().ifPresent(version -> environment.put("BUNDLE_VERSION", version));
        s3.eTag().or(() -> observedETag).ifPresent(tag -> environment.put("BUNDLE_ETAG", tag));
      }
      case Revision.GitHub gitHub -> environment.put("BUNDLE_COMMIT", gitHub.commitId());
      case Revision.LocalFile _, Revision.LocalDirectory _ -> {}
    }
    return environment;
  }
}
