package io.kodedeploy.cli.naming;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kodedeploy.cli.console.CliException;
import io.kodedeploy.cli.console.ExitCode;
import io.kodedeploy.cli.console.Problem;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A namespace in every cluster of an environment, or in one of them.
 *
 * @param environment such as {@code production}
 * @param namespace the Kubernetes namespace
 * @param cluster one cluster, or empty for all of the environment
 */
public record Scope(String environment, String namespace, Optional<String> cluster) {
  /** Tag of the environment's name. */
  public static final String ENVIRONMENT_TAG = "kodedeployenv";

  /** Tag of the cluster's name. */
  public static final String CLUSTER_TAG = "kodedeploycluster";

  /** Tag of the namespace's name. */
  public static final String NAMESPACE_TAG = "kodedeployns";

  /** In place of {@link #ENVIRONMENT_TAG} while a host takes part in no deployment. */
  public static final String PAUSED_TAG = "kodedeploypaused";

  /** What IAM and STS take. */
  private static final int LONGEST_IDENTITY = 64;

  private static final Pattern WORD =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?");
  private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  /** Checks each part: they go into names, keys and policies. */
  public Scope {
    check("--environment", environment, WORD);
    check("--namespace", namespace, LABEL);
    cluster.ifPresent(name -> check("--cluster", name, WORD));
  }

  /**
   * Checks a name given on the command line.
   *
   * @throws CliException with exit code 2 when it cannot be part of a name or a key
   */
  public static void checkName(String flag, String value) {
    check(flag, value, WORD);
  }

  private static void check(String flag, String value, Pattern form) {
    if (!form.matcher(value).matches()) {
      throw new CliException(
              Problem.USAGE_INVALID,
              flag
                  + ": expected 1 to 63 "
                  + (form == LABEL
                      ? "lower-case letters, digits and -"
                      : "letters, digits and . _ -")
                  + ", found \""
                  + value
                  + "\".",
              "correct the name.")
          .exitCode(ExitCode.USAGE);
    }
  }

  /** Name of the CodeDeploy deployment group. */
  public String groupName() {
    return environment + "-" + namespace + cluster.map(name -> "-" + name).orElse("");
  }

  /** Name of the on-premises instance of one cluster. */
  public String instanceName() {
    return environment + "-" + cluster.orElseThrow() + "-" + namespace;
  }

  /**
   * The name of its IAM user or role, and of its session: the instance's, or when IAM finds that
   * too long its first 55 characters and eight hexadecimal digits of its SHA-256 (design section
   * 3).
   */
  public String identityName() {
    return shortened(instanceName());
  }

  /** Name of the role by which the chart joins and takes out the hosts of the cluster. */
  public String membershipName() {
    return membershipName(environment, cluster.orElseThrow());
  }

  /** Name of the role by which the chart joins and takes out the hosts of a cluster. */
  public static String membershipName(String environment, String cluster) {
    // No namespace holds a dot, so that no host of any cluster has this name.
    return shortened(environment + "-" + cluster + ".membership");
  }

  private static String shortened(String name) {
    if (name.length() <= LONGEST_IDENTITY) {
      return name;
    }
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(name.getBytes(UTF_8));
      return name.substring(0, 55) + "-" + HexFormat.of().formatHex(digest, 0, 4);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** The tags that say what belongs to this scope. */
  public Map<String, String> tags() {
    var tags = new LinkedHashMap<String, String>();
    tags.put(ENVIRONMENT_TAG, environment);
    cluster.ifPresent(name -> tags.put(CLUSTER_TAG, name));
    tags.put(NAMESPACE_TAG, namespace);
    return tags;
  }

  /** Where bundles of an application for this scope lie. */
  public String bundleKey(String application, String sha256) {
    return "codedeploy/"
        + environment
        + "/"
        + namespace
        + "/"
        + application
        + "/"
        + sha256
        + ".zip";
  }
}
