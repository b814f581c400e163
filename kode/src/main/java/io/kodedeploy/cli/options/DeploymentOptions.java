package io.kodedeploy.cli.options;

import io.kodedeploy.cli.naming.Scope;
import java.time.Duration;
import picocli.CommandLine.Option;

/** What every command that makes a deployment has to know. */
public final class DeploymentOptions {
  @Option(
      names = "--application",
      required = true,
      paramLabel = "NAME",
      description = "CodeDeploy application: one service, or the one of the nodes.")
  private String application = "";

  @Option(names = "--bucket", required = true, paramLabel = "NAME", description = "S3 bucket.")
  private String bucket = "";

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      defaultValue = "60m",
      converter = SpanConverter.class,
      description = "How long the deployment may take, such as 10m; default: ${DEFAULT-VALUE}.")
  private Duration timeout = Duration.ofMinutes(60);

  /**
   * The application's name, checked.
   *
   * @throws io.kodedeploy.cli.console.CliException with exit code 2 when it cannot be one
   */
  public String application() {
    Scope.checkName("--application", application);
    return application;
  }

  /** The bucket's name. */
  public String bucket() {
    return bucket;
  }

  /** How long to wait. */
  public Duration timeout() {
    return timeout;
  }
}
