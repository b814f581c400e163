package io.kodedeploy.cli.init;

import java.util.HashMap;
import java.util.Map;

/**
 * Who may take on the role of a host. In every form the role's trust policy pins the session name,
 * which is the identity that CodeDeploy knows: no other host can take it, nor can this one take
 * another's.
 */
sealed interface Trust {
  /**
   * The service account of one Kubernetes, by a token of its issuer (IRSA).
   *
   * @param provider the issuer without {@code https://}
   */
  record WebIdentity(String provider) implements Trust {}

  /**
   * The service account of an EKS cluster, by the session tags that EKS Pod Identity gives.
   *
   * @param role ARN of the role that Pod Identity gives to the agent's pods
   */
  record PodIdentity(String role, String eksCluster) implements Trust {}

  /** One role or user, such as an instance profile's role that nobody else has. */
  record Principal(String arn) implements Trust {}

  /** Whoever in the account is allowed it by a policy of his own. */
  record Account() implements Trust {}

  /**
   * Whom the role is for.
   *
   * @param session the only session name
   */
  record Bearer(
      String partition,
      String account,
      String kubernetesNamespace,
      String serviceAccount,
      String session) {}

  /** The trust policy. */
  default String document(Bearer bearer) {
    var values = new HashMap<String, String>();
    values.put("PARTITION", bearer.partition());
    values.put("ACCOUNT", bearer.account());
    values.put("NAMESPACE", bearer.kubernetesNamespace());
    values.put("SERVICEACCOUNT", bearer.serviceAccount());
    values.put("SESSION", bearer.session());
    return switch (this) {
      case WebIdentity(var provider) -> {
        values.put("PROVIDER", provider);
        yield filled("web-identity", values);
      }
      case PodIdentity(var role, var eksCluster) -> {
        values.put("PRINCIPAL", role);
        values.put("EKSCLUSTER", eksCluster);
        yield filled("pod-identity", values);
      }
      case Principal(var arn) -> {
        values.put("PRINCIPAL", arn);
        yield filled("principal", values);
      }
      case Account() -> {
        values.put(
            "PRINCIPAL", "arn:" + bearer.partition() + ":iam::" + bearer.account() + ":root");
        yield filled("principal", values);
      }
    };
  }

  private static String filled(String form, Map<String, String> values) {
    return PolicyTemplate.fill("codedeploy-" + form + ".assumerolepolicy.json", values);
  }
}
