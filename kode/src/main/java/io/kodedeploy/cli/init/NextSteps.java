package io.kodedeploy.cli.init;

import io.kodedeploy.cli.console.Reporter;
import io.kodedeploy.cli.naming.Scope;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What a person does with the file. */
final class NextSteps {
  /** The Secret that the chart mounts; the original project's name. */
  private static final String SECRET = "etc-codedeploy-agent-conf";

  private NextSteps() {}

  static void print(Reporter reporter, Scope scope, Path file) {
    var lines =
        List.of(
            "kubectl --namespace %s create secret generic %s --from-file=%s"
                .formatted(scope.namespace(), SECRET, file),
            "helm upgrade --install kodedeploy charts/kodedeploy --namespace kodedeploy"
                + " --create-namespace --set environment=%s --set cluster=%s"
                    .formatted(scope.environment(), scope.cluster().orElseThrow())
                + " --set 'namespaceAgent.namespaces[0].name=%s'".formatted(scope.namespace()));
    reporter.result(
        "next-steps",
        "Next, against cluster "
            + scope.cluster().orElseThrow()
            + " (the file holds a secret; delete it afterwards):\n  "
            + String.join("\n  ", lines),
        Map.of("commands", lines));
  }
}
