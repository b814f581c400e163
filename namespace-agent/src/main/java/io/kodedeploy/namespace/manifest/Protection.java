package io.kodedeploy.namespace.manifest;

import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Names that only the agent itself may use: a bundle that starts a pod with one of them would hold
 * the agent's AWS credentials.
 *
 * @param accounts service accounts with an AWS identity of ours; {@code protect.accounts} adds some
 * @param secrets Secrets with such an identity; {@code protect.secrets} adds some
 * @param configMaps what is mounted beside them; {@code protect.config-maps} adds some
 */
public record Protection(Set<String> accounts, Set<String> secrets, Set<String> configMaps) {
  /** What the chart and the original project name so. */
  public static final Protection BUILT_IN =
      new Protection(
          Set.of("kodedeploy-agent", "kodedeploy-membership"),
          Set.of("etc-codedeploy-agent-conf", "kodedeploy-identities", "kodedeploy-membership"),
          Set.of("opt-codedeploy-agent-conf"));

  /** Copies the sets, in the order of the alphabet. */
  public Protection {
    accounts = new TreeSet<>(accounts);
    secrets = new TreeSet<>(secrets);
    configMaps = new TreeSet<>(configMaps);
  }

  /** These names and more. */
  public Protection with(
      Collection<String> moreAccounts,
      Collection<String> moreSecrets,
      Collection<String> moreConfigMaps) {
    var all = new Protection(accounts, secrets, configMaps);
    all.accounts.addAll(moreAccounts);
    all.secrets.addAll(moreSecrets);
    all.configMaps.addAll(moreConfigMaps);
    return all;
  }

  /** Why nothing of a bundle may run as an account; nothing when it may. */
  public Optional<String> account(String name) {
    return reason(
        accounts,
        name,
        "the account \"%s\" has an AWS identity of the agent; use kodedeploy-apply or an account"
            + " of your own");
  }

  /** Why nothing of a bundle may be given a Secret; nothing when it may. */
  public Optional<String> secret(String name) {
    return reason(
        secrets,
        name,
        "the Secret \"%s\" holds an identity of the agent; use a Secret of your own");
  }

  /** Why nothing of a bundle may be given a ConfigMap; nothing when it may. */
  public Optional<String> configMap(String name) {
    return reason(
        configMaps,
        name,
        "the ConfigMap \"%s\" stands beside the agent's identity; use a ConfigMap of your own");
  }

  private static Optional<String> reason(Set<String> names, String name, String reason) {
    return names.contains(name) ? Optional.of(reason.formatted(name)) : Optional.empty();
  }
}
