package io.kodedeploy.namespace.run;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What runs in a Job, in the words of Kubernetes.
 *
 * @param image reference of the image
 * @param command replaces the image's entry point; empty for the image's own
 * @param arguments replaces the image's arguments, unless empty
 * @param workingDirectory absolute, or relative to the bundle; the bundle's folder unless given
 * @param environment variables by name
 * @param secrets names of Secrets whose keys become variables
 * @param runAsUser numeric account, 65532 unless given; never 0
 * @param serviceAccount empty for the agent's {@code run.service-account}
 * @param pullSecrets names of Secrets with registry credentials
 * @param resources quantities by resource, below {@code requests} and {@code limits}
 * @param nodeSelector labels that a node must have
 * @param tolerations taints that do not matter
 */
record Workload(
    String image,
    List<String> command,
    List<String> arguments,
    Optional<String> workingDirectory,
    Map<String, String> environment,
    List<String> secrets,
    Optional<Integer> runAsUser,
    Optional<String> serviceAccount,
    List<String> pullSecrets,
    Map<String, Map<String, String>> resources,
    Map<String, String> nodeSelector,
    List<Toleration> tolerations) {
  /** The account in an image that names none. */
  static final int USER = 65532;

  /** A taint that does not matter; empty parts are left out. */
  record Toleration(
      Optional<String> key,
      Optional<String> operator,
      Optional<String> value,
      Optional<String> effect,
      Optional<Integer> seconds) {}

  Workload {
    command = List.copyOf(command);
    arguments = List.copyOf(arguments);
    environment = new TreeMap<>(environment);
    secrets = List.copyOf(secrets);
    pullSecrets = List.copyOf(pullSecrets);
    resources = new TreeMap<>(resources);
    nodeSelector = new TreeMap<>(nodeSelector);
    tolerations = List.copyOf(tolerations);
  }

  /** An image with everything else as it comes. */
  static Workload of(String image, List<String> command, List<String> arguments) {
    return new Workload(
        image,
        command,
        arguments,
        Optional.empty(),
        Map.of(),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Map.of(),
        Map.of(),
        List.of());
  }

  /** The same in another folder with other variables. */
  Workload in(Optional<String> folder, Map<String, String> variables) {
    return new Workload(
        image,
        command,
        arguments,
        folder,
        variables,
        secrets,
        runAsUser,
        serviceAccount,
        pullSecrets,
        resources,
        nodeSelector,
        tolerations);
  }
}
