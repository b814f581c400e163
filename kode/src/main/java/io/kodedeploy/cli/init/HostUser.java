package io.kodedeploy.cli.init;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kodedeploy.cli.aws.Aws;
import io.kodedeploy.cli.console.CliException;
import io.kodedeploy.cli.console.Problem;
import io.kodedeploy.cli.console.Reporter;
import io.kodedeploy.cli.naming.Scope;
import java.net.URLDecoder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.services.iam.model.AccessKey;
import software.amazon.awssdk.services.iam.model.AccessKeyMetadata;
import software.amazon.awssdk.services.iam.model.AttachedPolicy;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import software.amazon.awssdk.services.iam.model.User;

/** The IAM user of one host. */
public final class HostUser {
  /** Where {@code aws deploy register} puts its users, too. */
  static final String PATH = "/AWS/CodeDeploy/";

  private static final int KEYS_PER_USER = 2;

  private final Aws aws;
  private final Reporter reporter;

  /** Works in that account and says what it does. */
  public HostUser(Aws aws, Reporter reporter) {
    this.aws = aws;
    this.reporter = reporter;
  }

  Optional<User> find(String name) {
    try {
      return Optional.of(aws.iam().getUser(request -> request.userName(name)).user());
    } catch (NoSuchEntityException _) {
      return Optional.empty();
    }
  }

  /** The user, made when it is missing. */
  User ensure(String name) {
    var found = find(name);
    if (found.isPresent()) {
      if (!PATH.equals(found.get().path())) {
        throw new CliException(
            Problem.INSTANCE_MISMATCH,
            "IAM user "
                + name
                + " must have the path "
                + PATH
                + ", found "
                + found.get().path()
                + ": it is not ours.",
            "choose other names, or remove that user if nobody needs it.");
      }
      return found.get();
    }
    var user = aws.iam().createUser(request -> request.userName(name).path(PATH)).user();
    reporter.progress(
        "user-created", "init: created IAM user " + user.arn(), Map.of("userArn", user.arn()));
    return user;
  }

  List<String> keys(String name) {
    return aws.iam().listAccessKeys(request -> request.userName(name)).accessKeyMetadata().stream()
        .map(AccessKeyMetadata::accessKeyId)
        .toList();
  }

  AccessKey createKey(String name) {
    if (keys(name).size() >= KEYS_PER_USER) {
      throw new CliException(
          Problem.ACCESS_KEYS_FULL,
          "IAM user "
              + name
              + " must have at most one access key for a new one to be made, found "
              + String.join(", ", keys(name))
              + ".",
          "delete the one that no agent uses: aws iam delete-access-key --user-name "
              + name
              + " --access-key-id ID");
    }
    var key = aws.iam().createAccessKey(request -> request.userName(name)).accessKey();
    reporter.progress(
        "access-key-created",
        "init: created access key " + key.accessKeyId(),
        Map.of("accessKeyId", key.accessKeyId()));
    return key;
  }

  void deleteKey(String name, String accessKeyId) {
    aws.iam().deleteAccessKey(request -> request.userName(name).accessKeyId(accessKeyId));
    reporter.progress(
        "access-key-deleted",
        "deleted access key " + accessKeyId,
        Map.of("accessKeyId", accessKeyId));
  }

  /**
   * Writes the policy where it is missing or says something else.
   *
   * @param keep whether a policy that is there stays, whatever it says
   * @return whether it had to be written
   */
  boolean putPolicy(String name, String document, boolean keep) {
    try {
      var policy =
          aws.iam()
              .getUserPolicy(request -> request.userName(name).policyName(NamespacePolicy.NAME))
              .policyDocument();
      if (keep || PolicyText.same(policy, document)) {
        return false;
      }
    } catch (NoSuchEntityException _) {
      // written below
    }
    aws.iam()
        .putUserPolicy(
            request ->
                request.userName(name).policyName(NamespacePolicy.NAME).policyDocument(document));
    reporter.progress(
        "policy-written",
        "init: wrote inline policy " + NamespacePolicy.NAME,
        Map.of("policy", NamespacePolicy.NAME));
    return true;
  }

  /** Whether it is a user that kode init made for a host. */
  public static boolean isOurs(String arn) {
    return arn.contains(":user" + PATH);
  }

  /** The name in a user's ARN. */
  public static String nameOf(String arn) {
    return arn.substring(arn.lastIndexOf('/') + 1);
  }

  /** Deletes the user with its keys and our policy; one that is gone already is no failure. */
  public void remove(String name) {
    try {
      keys(name).forEach(key -> deleteKey(name, key));
      deletePolicy(name);
      aws.iam().deleteUser(request -> request.userName(name));
      reporter.progress("user-deleted", "deleted IAM user " + name, Map.of("userName", name));
    } catch (NoSuchEntityException _) {
      reporter.progress("IAM user " + name + " is gone already");
    }
  }

  private void deletePolicy(String name) {
    try {
      aws.iam()
          .deleteUserPolicy(request -> request.userName(name).policyName(NamespacePolicy.NAME));
    } catch (NoSuchEntityException _) {
      // an interrupted run has deleted it
    }
  }

  /**
   * The file with a key that works. The secret of a key can be read once, at its creation: it goes
   * into the file before anything else happens. A key whose secret was lost on the way is deleted,
   * but never while the instance is registered, since an agent may be using it.
   *
   * @return whether a key had to be made
   */
  boolean ensureKey(User user, IdentityFile file, boolean registered) {
    var keys = keys(user.userName());
    var present = file.read();
    if (present.isPresent() && keys.contains(present.get().accessKeyId())) {
      return false;
    }
    if (!registered) {
      keys.forEach(key -> deleteKey(user.userName(), key));
    }
    var key = createKey(user.userName());
    try {
      file.writeUser(aws.region(), user.arn(), key.accessKeyId(), key.secretAccessKey());
    } catch (CliException e) {
      deleteKey(user.userName(), key.accessKeyId());
      throw e;
    }
    return true;
  }

  /** The policies of it that kode init did not make for this namespace. */
  List<String> foreignPolicies(String name, Scope scope) {
    return Stream.concat(
            aws.iam().listUserPolicies(request -> request.userName(name)).policyNames().stream()
                .filter(policy -> !policy.equals(NamespacePolicy.NAME) || !ours(name, scope)),
            aws
                .iam()
                .listAttachedUserPolicies(request -> request.userName(name))
                .attachedPolicies()
                .stream()
                .map(AttachedPolicy::policyArn))
        .toList();
  }

  /** {@code aws deploy register} gives users of the same path a policy of the same name. */
  private boolean ours(String name, Scope scope) {
    var document =
        aws.iam()
            .getUserPolicy(request -> request.userName(name).policyName(NamespacePolicy.NAME))
            .policyDocument();
    return URLDecoder.decode(document, UTF_8)
        .contains("/codedeploy/" + scope.environment() + "/" + scope.namespace() + "/");
  }
}
