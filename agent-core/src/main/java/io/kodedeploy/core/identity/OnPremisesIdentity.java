package io.kodedeploy.core.identity;

import io.kodedeploy.core.config.YamlDocument;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/**
 * The identity of an on-premises host: {@code codedeploy.onpremises.yml} (host-agent.md section
 * 2.4), in the user form, the session form with a credentials file, or the session form with a role
 * to assume.
 */
public final class OnPremisesIdentity {
  private static final Logger log = LoggerFactory.getLogger(OnPremisesIdentity.class);

  private OnPremisesIdentity() {}

  /**
   * Reads the file.
   *
   * @return empty when there is no readable file, or when it names no host
   * @throws AgentException {@code identity-invalid} when it is wrong
   */
  public static Optional<HostIdentity> read(Path file, Map<String, String> environment) {
    if (!Files.isReadable(file)) {
      log.atInfo()
          .addKeyValue("file", file)
          .log("On Premises config file does not exist or not readable");
      return Optional.empty();
    }
    var values = values(file);
    var user = text(values, "iam_user_arn");
    var session = text(values, "iam_session_arn");
    if (user.isPresent() && session.isPresent()) {
      throw invalid(
          "On Premises config cannot contain both 'iam_user_arn' and 'iam_session_arn' keys.",
          null);
    }
    if (user.isPresent()) {
      return Optional.of(user(file, user.get(), values));
    }
    return session.map(arn -> session(arn, values, environment));
  }

  /**
   * What the processes of an on-premises host see of its file (host-agent.md 2.4): region, name and
   * credentials file, never the keys. Unchanged for an identity that is not of that file.
   */
  public static Map<String, String> variables(
      Path file, HostIdentity identity, Map<String, String> environment) {
    if (!identity.description().startsWith("on-premises")) {
      return environment;
    }
    var variables = new HashMap<>(environment);
    variables.put("AWS_REGION", identity.region());
    variables.put("AWS_HOST_IDENTIFIER", identity.arn());
    text(values(file), "aws_credentials_file")
        .filter(_ -> !values(file).containsKey("role_arn"))
        .ifPresent(name -> variables.put("AWS_CREDENTIALS_FILE", name));
    return variables;
  }

  private static HostIdentity user(Path file, String arn, Map<String, @Nullable Object> values) {
    return identity(
        arn,
        values,
        new UserFileCredentials(
            file,
            keys(values),
            () ->
                Optional.of(values(file))
                    .filter(again -> text(again, "iam_user_arn").filter(arn::equals).isPresent())
                    .map(OnPremisesIdentity::keys)),
        "on-premises user, keys of the file");
  }

  private static AwsCredentials keys(Map<String, @Nullable Object> values) {
    for (String key : List.of("region", "aws_access_key_id", "aws_secret_access_key")) {
      require(values, key, "iam_user_arn");
    }
    return AwsBasicCredentials.create(
        require(values, "aws_access_key_id", "iam_user_arn"),
        require(values, "aws_secret_access_key", "iam_user_arn"));
  }

  private static HostIdentity session(
      String arn, Map<String, @Nullable Object> values, Map<String, String> environment) {
    String region = require(values, "region", "iam_session_arn");
    var role = text(values, "role_arn");
    if (role.isPresent()) {
      var token = text(values, "web_identity_token_file").map(Path::of);
      return identity(
          arn,
          values,
          new AssumedRoleCredentials(role.get(), sessionName(arn), region, token),
          "on-premises session, role "
              + role.get()
              + token.map(t -> " by web identity").orElse(" assumed"));
    }
    var file = Path.of(require(values, "aws_credentials_file", "iam_session_arn"));
    return identity(
        arn,
        values,
        SessionFileCredentials.of(file, environment, Clock.systemUTC()),
        "on-premises session, credentials file " + file);
  }

  private static HostIdentity identity(
      String arn,
      Map<String, @Nullable Object> values,
      AwsCredentialsProvider credentials,
      String description) {
    return new HostIdentity(
        arn,
        text(values, "region").orElseThrow(),
        Optional.empty(),
        Optional.empty(),
        credentials,
        description);
  }

  private static Map<String, @Nullable Object> values(Path file) {
    try {
      return YamlDocument.texts(Files.readString(file))
          .orElseThrow(() -> invalidFormat(file, null));
    } catch (IOException | IllegalArgumentException e) {
      throw invalidFormat(file, e);
    }
  }

  private static AgentException invalidFormat(Path file, @Nullable Throwable cause) {
    log.atError().addKeyValue("file", file).log("Invalid on premises config file");
    return invalid(
        "The deployment failed because the format of the following on-premises configuration file"
            + " is invalid: "
            + file,
        cause);
  }

  private static String require(Map<String, @Nullable Object> values, String key, String owner) {
    return text(values, key)
        .orElseThrow(
            () -> invalid("'" + key + "' key is required when '" + owner + "' is provided.", null));
  }

  private static Optional<String> text(Map<String, @Nullable Object> values, String key) {
    return Optional.ofNullable(values.get(key))
        .map(v -> v.toString().strip())
        .filter(v -> !v.isEmpty());
  }

  private static AgentException invalid(String message, @Nullable Throwable cause) {
    return new AgentException(ErrorCode.IDENTITY_INVALID, message, cause);
  }

  /** The last part of the ARN: the service refuses a session of any other name. */
  static String sessionName(String arn) {
    return arn.substring(arn.lastIndexOf('/') + 1);
  }
}
