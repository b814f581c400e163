package io.kodedeploy.cli.init;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kodedeploy.cli.aws.Aws;
import io.kodedeploy.cli.console.CliException;
import io.kodedeploy.cli.console.Problem;
import io.kodedeploy.cli.console.Reporter;
import java.net.URLDecoder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.services.iam.model.AttachedPolicy;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import software.amazon.awssdk.services.iam.model.Role;

/** The IAM role of one host, which has one session only: the host. */
public final class HostRole {
  /** Only what kode init made lies there, and hosts' roles may not take on each other. */
  static final String PATH = "/kodedeploy/";

  private final Aws aws;
  private final Reporter reporter;

  /** Works in that account and says what it does. */
  public HostRole(Aws aws, Reporter reporter) {
    this.aws = aws;
    this.reporter = reporter;
  }

  /**
   * The role of this name.
   *
   * @throws CliException {@code instance-mismatch} when it is somebody else's
   */
  Optional<Role> find(String name) {
    return any(name)
        .map(
            role -> {
              if (!PATH.equals(role.path())) {
                throw new CliException(
                    Problem.INSTANCE_MISMATCH,
                    "IAM role "
                        + name
                        + " must have the path "
                        + PATH
                        + ", found "
                        + role.path()
                        + ": it is not ours.",
                    "choose other names, or remove that role if nobody needs it.");
              }
              return role;
            });
  }

  private Optional<Role> any(String name) {
    try {
      return Optional.of(aws.iam().getRole(request -> request.roleName(name)).role());
    } catch (NoSuchEntityException _) {
      return Optional.empty();
    }
  }

  /**
   * Makes the role, or sets its trust policy when that says something else.
   *
   * @param keep whether a trust policy that is there stays, whatever it says
   * @return whether anything had to be done
   */
  boolean ensure(String name, String trust, boolean keep) {
    var found = find(name);
    if (found.isEmpty()) {
      var role =
          aws.iam()
              .createRole(
                  request ->
                      request
                          .roleName(name)
                          .path(PATH)
                          .description("CodeDeploy host " + name + ", made by kode init")
                          .assumeRolePolicyDocument(trust))
              .role();
      reporter.progress(
          "role-created", "init: created IAM role " + role.arn(), Map.of("roleArn", role.arn()));
      return true;
    }
    if (keep || PolicyText.same(found.get().assumeRolePolicyDocument(), trust)) {
      return false;
    }
    aws.iam().updateAssumeRolePolicy(request -> request.roleName(name).policyDocument(trust));
    reporter.progress(
        "trust-written",
        "init: wrote the trust policy of IAM role " + name,
        Map.of("roleName", name));
    return true;
  }

  /**
   * Writes the inline policy where it is missing or says something else.
   *
   * @param keep whether a policy that is there stays, whatever it says
   * @return whether it had to be written
   */
  boolean putPolicy(String name, String document, boolean keep) {
    try {
      var policy =
          aws.iam()
              .getRolePolicy(request -> request.roleName(name).policyName(NamespacePolicy.NAME))
              .policyDocument();
      if (keep || PolicyText.same(policy, document)) {
        return false;
      }
    } catch (NoSuchEntityException _) {
      // written below
    }
    aws.iam()
        .putRolePolicy(
            request ->
                request.roleName(name).policyName(NamespacePolicy.NAME).policyDocument(document));
    reporter.progress(
        "policy-written",
        "init: wrote inline policy " + NamespacePolicy.NAME,
        Map.of("policy", NamespacePolicy.NAME));
    return true;
  }

  /** Whether a token of an issuer is what the role is taken on by. */
  boolean assumedByWebIdentity(String name) {
    return find(name)
        .map(role -> URLDecoder.decode(role.assumeRolePolicyDocument(), UTF_8))
        .filter(document -> document.contains("sts:AssumeRoleWithWebIdentity"))
        .isPresent();
  }

  /** The policies of it that kode init did not make. */
  List<String> foreignPolicies(String name) {
    return Stream.concat(
            aws.iam().listRolePolicies(request -> request.roleName(name)).policyNames().stream()
                .filter(policy -> !policy.equals(NamespacePolicy.NAME)),
            aws
                .iam()
                .listAttachedRolePolicies(request -> request.roleName(name))
                .attachedPolicies()
                .stream()
                .map(AttachedPolicy::policyArn))
        .toList();
  }

  /**
   * Deletes the role with our policy, if it is ours.
   *
   * @return whether there was anything to delete
   */
  public boolean remove(String name) {
    if (any(name).filter(role -> PATH.equals(role.path())).isEmpty()) {
      return false;
    }
    try {
      aws.iam()
          .deleteRolePolicy(request -> request.roleName(name).policyName(NamespacePolicy.NAME));
    } catch (NoSuchEntityException _) {
      // an interrupted run has deleted it
    }
    try {
      aws.iam().deleteRole(request -> request.roleName(name));
      reporter.progress("role-deleted", "deleted IAM role " + name, Map.of("roleName", name));
    } catch (NoSuchEntityException _) {
      reporter.progress("IAM role " + name + " is gone already");
    }
    return true;
  }

  /** The role's name in the ARN of a session. */
  public static String nameOf(String sessionArn) {
    String rest = sessionArn.substring(sessionArn.indexOf(":assumed-role/") + 14);
    return rest.substring(0, rest.indexOf('/'));
  }
}
