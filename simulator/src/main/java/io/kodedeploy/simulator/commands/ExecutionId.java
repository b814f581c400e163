package io.kodedeploy.simulator.commands;

import java.util.Optional;
import java.util.regex.Pattern;

/** {@code CodeDeploy/REGION/Prod/arn:aws:sds:REGION:ACCOUNT:deployment/ID}; opaque to agents. */
final class ExecutionId {
  private static final Pattern FORM =
      Pattern.compile("CodeDeploy/[^/]+/Prod/arn:aws:sds:[^:/]*:[0-9]{12}:deployment/([^/]+)");

  private ExecutionId() {}

  static String of(String region, String account, String deploymentId) {
    return "CodeDeploy/%s/Prod/arn:aws:sds:%s:%s:deployment/%s"
        .formatted(region, region, account, deploymentId);
  }

  static Optional<String> deployment(String id) {
    var match = FORM.matcher(id);
    return match.matches() ? Optional.of(match.group(1)) : Optional.empty();
  }
}
