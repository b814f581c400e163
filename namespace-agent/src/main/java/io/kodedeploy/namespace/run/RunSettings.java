package io.kodedeploy.namespace.run;

import io.kodedeploy.core.config.SettingsReader;
import io.kodedeploy.namespace.manifest.Protection;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * How Jobs of this agent look and how the bundle reaches them.
 *
 * @param namespace in which they run
 * @param image the agent's own image, which fetches the bundle; {@code run.image}. Without it no
 *     Job can be run
 * @param pullPolicy of that image; {@code run.image-pull-policy}, IfNotPresent unless given
 * @param pullSecrets names of Secrets for every Job's images; {@code run.image-pull-secrets}
 * @param serviceAccount account of Jobs that name none; {@code run.service-account},
 *     kodedeploy-apply unless given
 * @param serviceAccounts what else a bundle may name; {@code run.service-accounts}
 * @param bundleHost where Jobs reach the agent; {@code bundles.host}
 * @param bundleAddress what the server is bound to; {@code bundles.address}, 0.0.0.0 unless given
 * @param bundlePort where Jobs reach it and what it is bound to; {@code bundles.port}, 8081 unless
 *     given, 0 takes any free one
 * @param installPaths below which {@code files:} may install; {@code install.paths}, /deploy unless
 *     given
 * @param protection names that bundles must not use; {@code protect.accounts}, {@code
 *     protect.secrets} and {@code protect.config-maps} add to what is built in
 */
public record RunSettings(
    String namespace,
    Optional<String> image,
    String pullPolicy,
    List<String> pullSecrets,
    String serviceAccount,
    List<String> serviceAccounts,
    String bundleHost,
    String bundleAddress,
    int bundlePort,
    List<Path> installPaths,
    Protection protection) {
  /** Copies the lists. */
  public RunSettings {
    pullSecrets = List.copyOf(pullSecrets);
    serviceAccounts = List.copyOf(serviceAccounts);
    installPaths = installPaths.stream().map(path -> path.toAbsolutePath().normalize()).toList();
  }

  /** Asks for the keys. */
  public static RunSettings read(
      SettingsReader reader, String namespace, Map<String, String> environment) {
    var paths = reader.texts("install.paths");
    for (var path : paths) {
      if (!path.startsWith("/") || Path.of(path).normalize().toString().equals("/")) {
        reader.refuse("install.paths: \"" + path + "\" is no absolute path of a folder");
      }
    }
    var protection =
        Protection.BUILT_IN.with(
            reader.texts("protect.accounts"),
            reader.texts("protect.secrets"),
            reader.texts("protect.config-maps"));
    var account = reader.text("run.service-account", "kodedeploy-apply");
    var accounts = reader.texts("run.service-accounts");
    refuse(reader, "run.service-account", List.of(account), protection);
    refuse(reader, "run.service-accounts", accounts, protection);
    return new RunSettings(
        namespace,
        reader.text("run.image"),
        reader.text("run.image-pull-policy", "IfNotPresent"),
        reader.texts("run.image-pull-secrets"),
        account,
        accounts,
        // A pod knows the Service's address even where there is no cluster DNS.
        reader
            .text("bundles.host")
            .or(() -> Optional.ofNullable(environment.get("KODEDEPLOY_AGENT_SERVICE_HOST")))
            .orElse("kodedeploy-agent." + namespace + ".svc"),
        reader.text("bundles.address", "0.0.0.0"),
        reader.integer("bundles.port", 8081, 0, 65535),
        (paths.isEmpty() ? List.of("/deploy") : paths).stream().map(Path::of).toList(),
        protection);
  }

  private static void refuse(
      SettingsReader reader, String key, List<String> accounts, Protection protection) {
    for (var account : accounts) {
      protection.account(account).ifPresent(reason -> reader.refuse(key + ": " + reason));
    }
  }

  /** What {@code serviceAccountName} may be. */
  TreeSet<String> allowedAccounts() {
    var accounts = new TreeSet<>(serviceAccounts);
    accounts.add(serviceAccount);
    return accounts;
  }
}
