package io.kodedeploy.cli.codedeploy;

import io.kodedeploy.cli.aws.Aws;
import io.kodedeploy.cli.console.CliException;
import io.kodedeploy.cli.console.Problem;
import io.kodedeploy.cli.naming.Keys;
import java.util.Optional;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;

/** The role that CodeDeploy takes on. */
public final class ServiceRole {
  private final Aws aws;

  /** Uses the clients of a command. */
  public ServiceRole(Aws aws) {
    this.aws = aws;
  }

  /**
   * The ARN given, or that of the role given or expected by name.
   *
   * @throws CliException with {@code service-role-missing} when there is none
   */
  public String arn(Optional<String> given) {
    if (given.isPresent() && given.get().startsWith("arn:")) {
      return given.get();
    }
    String name = given.orElse(Keys.SERVICE_ROLE);
    try {
      return aws.iam().getRole(request -> request.roleName(name)).role().arn();
    } catch (NoSuchEntityException e) {
      throw new CliException(
              Problem.SERVICE_ROLE_MISSING,
              "the CodeDeploy service role " + name + " does not exist.",
              "create it (aws iam create-role --role-name "
                  + name
                  + " --assume-role-policy-document"
                  + " file://iam/codedeploy-service.assumerolepolicy.json) or give --service-role"
                  + " ARN.")
          .because(e);
    }
  }
}
