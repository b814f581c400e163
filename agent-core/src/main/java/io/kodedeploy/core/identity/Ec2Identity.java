package io.kodedeploy.core.identity;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.identity.HostIdentity.Ec2Instance;
import io.kodedeploy.core.json.Json;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** The identity of an EC2 instance: what its metadata says, and its instance role. */
public final class Ec2Identity {
  private Ec2Identity() {}

  /**
   * Asks the metadata. {@code AWS_REGION} and {@code AWS_HOST_IDENTIFIER} win over it; the region
   * inside the ARN stays that of the instance. Credentials come from the instance role alone,
   * unless {@code AWS_SHARED_CREDENTIALS_FILE} is set: what a container platform injects is never
   * used.
   *
   * @throws AgentException {@code identity-unavailable} when the identity document cannot be read
   */
  public static HostIdentity discover(Ec2Metadata metadata, Map<String, String> environment)
      throws InterruptedException {
    var instance = instance(metadata);
    String region = set(environment, "AWS_REGION").orElse(instance.region());
    String arn =
        set(environment, "AWS_HOST_IDENTIFIER")
            .orElse(
                "arn:"
                    + instance.partition()
                    + ":ec2:"
                    + instance.region()
                    + ":"
                    + instance.accountId()
                    + ":instance/"
                    + instance.instanceId());
    var file = set(environment, "AWS_SHARED_CREDENTIALS_FILE");
    AwsCredentialsProvider credentials =
        file.isPresent()
            ? SessionFileCredentials.of(
                java.nio.file.Path.of(file.get()), environment, Clock.systemUTC())
            : new InstanceRoleCredentials(metadata, Clock.systemUTC());
    return new HostIdentity(
        arn,
        region,
        metadata.find("/latest/meta-data/services/domain"),
        Optional.of(instance),
        credentials,
        "EC2 instance metadata, credentials of "
            + file.map(f -> "AWS_SHARED_CREDENTIALS_FILE " + f).orElse("the instance role"));
  }

  private static Ec2Instance instance(Ec2Metadata metadata) throws InterruptedException {
    String text = metadata.get("/latest/dynamic/instance-identity/document");
    JsonNode document;
    try {
      document = Json.read(text);
    } catch (JacksonException e) {
      throw new AgentException(
          ErrorCode.IDENTITY_UNAVAILABLE, "the instance identity document is no JSON", e);
    }
    return new Ec2Instance(
        field(document, "instanceId"),
        field(document, "accountId"),
        field(document, "region"),
        metadata.find("/latest/meta-data/services/partition").orElse("aws"));
  }

  private static String field(JsonNode document, String name) {
    String value = document.path(name).asString("").strip();
    if (value.isEmpty()) {
      throw new AgentException(
          ErrorCode.IDENTITY_UNAVAILABLE, "the instance identity document has no " + name);
    }
    return value;
  }

  private static Optional<String> set(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).map(String::strip).filter(v -> !v.isEmpty());
  }
}
