package io.kodedeploy.cli.options;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The role that CodeDeploy takes on, for commands that may make a deployment group. */
public final class ServiceRoleOption {
  @Option(
      names = "--service-role",
      paramLabel = "ARN",
      description =
          "CodeDeploy's service role, for a new deployment group; default: the role"
              + " codedeploy-service.")
  private @Nullable String serviceRole;

  /** The ARN or the name that was given. */
  public Optional<String> given() {
    return Optional.ofNullable(serviceRole);
  }
}
