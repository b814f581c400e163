package io.kodedeploy.core.conformance;

import io.kodedeploy.core.config.CodeDeployAgentConfig;
import io.kodedeploy.core.identity.HostIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** Settings and identities for tests, read the way an agent reads them. */
public final class Settings {
  public static final String ARN =
      "arn:aws:ec2:eu-west-1:111122223333:instance/i-0a1b2c3d4e5f60718";

  private Settings() {}

  /** The official settings in this text, with a root directory of their own. */
  public static CodeDeployAgentConfig agent(Path directory, String yaml) {
    try {
      var file = directory.resolve("codedeployagent.yml");
      Files.writeString(file, "root_dir: " + directory.resolve("root") + "\n" + yaml + "\n");
      return CodeDeployAgentConfig.read(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The host of the specification's examples, with static keys. */
  public static HostIdentity identity() {
    return identity("eu-west-1", Optional.empty());
  }

  public static HostIdentity identity(String region, Optional<String> domain) {
    return new HostIdentity(
        ARN,
        region,
        domain,
        Optional.empty(),
        StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIDEXAMPLE", "secret")),
        "test");
  }
}
