package io.kodedeploy.cli.init;

import io.kodedeploy.cli.console.Reporter;
import io.kodedeploy.cli.naming.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a person does with the files. */
final class NextSteps {
  /** The Secret that the chart mounts; the original project's name. */
  private static final String SECRET = "etc-codedeploy-agent-conf";

  private NextSteps() {}

  /**
   * Prints the commands.
   *
   * @param membership the file for the chart's membership Jobs, when these tag the host
   */
  static void print(
      Reporter reporter,
      HostInit.Order order,
      HostInit.Done done,
      IdentityFile file,
      Optional<IdentityFile> membership) {
    Scope scope = order.scope();
    String cluster = scope.cluster().orElseThrow();
    String release = order.releaseNamespace();
    var lines = new ArrayList<String>();
    lines.add(secret(scope.namespace(), SECRET, file));
    membership.ifPresent(one -> lines.add(secret(release, "kodedeploy-membership", one)));
    lines.add(
        "helm upgrade --install kodedeploy charts/kodedeploy --namespace %s --create-namespace"
                .formatted(release)
            + " --set environment=%s --set cluster=%s".formatted(scope.environment(), cluster)
            + " --set 'namespaceAgent.namespaces[0].name=%s'".formatted(scope.namespace())
            + (done.membership() ? " --set membership.enabled=true" : ""));
    reporter.result(
        "next-steps",
        "Next, against cluster "
            + cluster
            + (done.form() == IdentityForm.USER
                ? " (the file holds a secret; delete it afterwards)"
                : "")
            + ":\n  "
            + String.join("\n  ", lines),
        Map.of("commands", List.copyOf(lines)));
    if (done.form() == IdentityForm.SESSION && order.trust().isEmpty() && done.changed()) {
      reporter.progress(
          "assume-role-needed",
          "init: nobody may assume the role yet unless a policy of his own allows it: give the role"
              + " of the agent's pods sts:AssumeRole on it, or run init again with --oidc-provider,"
              + " --pod-role or --assumed-by",
          Map.of("instance", scope.instanceName()));
    }
  }

  private static String secret(String namespace, String name, IdentityFile file) {
    return "kubectl --namespace %s create secret generic %s --from-file=%s"
        .formatted(namespace, name, file.path());
  }
}
