package io.kodedeploy.cli.init;

import io.kodedeploy.cli.console.CliException;
import io.kodedeploy.cli.console.ExitCode;
import io.kodedeploy.cli.console.Problem;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Who may take on the role of a session identity. */
final class TrustOptions {
  private static final Pattern PROVIDER =
      Pattern.compile("[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._/-]*[A-Za-z0-9])?");
  private static final Pattern ARN =
      Pattern.compile("arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/[\\w+=,.@/-]+");

  /** Where the chart mounts a token of the agent's service account, which Kubernetes renews. */
  static final String TOKEN_FILE = "/var/run/secrets/kodedeploy/token";

  @Option(
      names = "--oidc-provider",
      paramLabel = "ISSUER",
      description = {
        "The cluster's issuer of service account tokens, known to IAM: only the namespace's account"
            + " kodedeploy-agent becomes this host (IRSA).",
        "kubectl get --raw /.well-known/openid-configuration names it."
      })
  private @Nullable String provider;

  @Option(
      names = "--pod-role",
      paramLabel = "ARN",
      description = "The role that EKS Pod Identity gives the account kodedeploy-agent.")
  private @Nullable String podRole;

  @Option(
      names = "--eks-cluster",
      paramLabel = "NAME",
      description = "With --pod-role: the name of the cluster in EKS; default: --cluster.")
  private @Nullable String eksCluster;

  @Option(
      names = "--assumed-by",
      paramLabel = "ARN",
      description = {
        "A role that only this namespace's agent has: of kiam, or an instance profile.",
        "Without any of the three: whoever in the account may assume it by a policy of his own."
      })
  private @Nullable String assumedBy;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      defaultValue = TOKEN_FILE,
      description =
          "With --oidc-provider: where the agent finds its token; default: ${DEFAULT-VALUE}.")
  private String tokenFile = TOKEN_FILE;

  String tokenFile() {
    return tokenFile;
  }

  /**
   * What was asked for, empty when nothing was.
   *
   * @throws CliException with exit code 2 when it cannot be, or is more than one
   */
  Optional<Trust> trust(String cluster) {
    if (eksCluster != null && podRole == null) {
      throw usage("--eks-cluster: expected together with --pod-role", "give both, or neither.");
    }
    var given =
        java.util.stream.Stream.of(
                Optional.ofNullable(provider).<Trust>map(TrustOptions::webIdentity),
                Optional.ofNullable(podRole).<Trust>map(arn -> podIdentity(arn, cluster)),
                Optional.ofNullable(assumedBy)
                    .<Trust>map(arn -> new Trust.Principal(arn("--assumed-by", arn))))
            .flatMap(Optional::stream)
            .toList();
    if (given.size() > 1) {
      throw usage(
          "--oidc-provider, --pod-role, --assumed-by: expected one of them, found " + given.size(),
          "give the one by which the agent's pods get AWS credentials.");
    }
    return given.stream().findFirst();
  }

  private static Trust webIdentity(String text) {
    String issuer = text.replaceFirst("^https://", "");
    if (issuer.startsWith("arn:")) {
      issuer = issuer.replaceFirst("^arn:[^/]*:oidc-provider/", "");
    }
    if (!PROVIDER.matcher(issuer).matches()) {
      throw usage(
          "--oidc-provider: expected an issuer such as"
              + " https://oidc.eks.us-west-2.amazonaws.com/id/X, found \""
              + text
              + "\"",
          "see kubectl get --raw /.well-known/openid-configuration");
    }
    return new Trust.WebIdentity(issuer);
  }

  private Trust podIdentity(String arn, String cluster) {
    String name = eksCluster == null ? cluster : eksCluster;
    if (!name.matches("[0-9A-Za-z][A-Za-z0-9_-]{0,99}")) {
      throw usage(
          "--eks-cluster: expected the name of a cluster in EKS, found \"" + name + "\"",
          "see aws eks list-clusters");
    }
    return new Trust.PodIdentity(arn("--pod-role", arn), name);
  }

  private static String arn(String flag, String text) {
    if (!ARN.matcher(text).matches()) {
      throw usage(
          flag
              + ": expected an ARN such as arn:aws:iam::123456789012:role/agents, found \""
              + text
              + "\"",
          "correct the ARN.");
    }
    return text;
  }

  private static CliException usage(String message, String remedy) {
    return new CliException(Problem.USAGE_INVALID, message + ".", remedy).exitCode(ExitCode.USAGE);
  }
}
