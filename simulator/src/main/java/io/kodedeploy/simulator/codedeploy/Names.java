package io.kodedeploy.simulator.codedeploy;

import java.util.Optional;
import java.util.regex.Pattern;

/** The names of codedeploy-service.md 1.2 and their errors. */
final class Names {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._+=,@-]{1,100}");
  private static final Pattern DEPLOYMENT_ID = Pattern.compile("d-[A-Z0-9]{9}");

  private Names() {}

  static String application(Optional<String> name) {
    return require(name, "ApplicationName", "Application name");
  }

  static String group(Optional<String> name) {
    if (name.isEmpty() || name.get().isEmpty()) {
      throw Refusal.of("DeploymentGroupNameRequired", "Deployment Group name is missing");
    }
    return require(name, "DeploymentGroupName", "Deployment Group name");
  }

  static String config(Optional<String> name) {
    return require(name, "DeploymentConfigName", "Deployment config name");
  }

  static String instance(Optional<String> name) {
    var valid = require(name, "InstanceName", "Instance name");
    if (valid.startsWith("i-")) {
      throw Refusal.of("InvalidInstanceName", "Instance name must not begin with i-: " + valid);
    }
    return valid;
  }

  static String deploymentId(Optional<String> id) {
    var given =
        id.filter(i -> !i.isEmpty())
            .orElseThrow(
                () -> Refusal.of("DeploymentIdRequired", "Deployment ID must be specified"));
    if (!DEPLOYMENT_ID.matcher(given).matches()) {
      throw Refusal.of("InvalidDeploymentId", "Deployment ID has an invalid form: " + given);
    }
    return given;
  }

  private static String require(Optional<String> name, String code, String what) {
    var given =
        name.filter(n -> !n.isEmpty())
            .orElseThrow(() -> Refusal.of(code + "Required", what + " is missing"));
    if (!NAME.matcher(given).matches()) {
      throw Refusal.of("Invalid" + code, what + " has an invalid form: " + given);
    }
    return given;
  }
}
