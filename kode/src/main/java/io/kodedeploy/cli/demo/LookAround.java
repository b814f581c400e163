package io.kodedeploy.cli.demo;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** What {@code --keep} tells a visitor. */
final class LookAround {
  private LookAround() {}

  static String text(
      String awsUrl, URI address, Path home, List<Agents.Running> agents, String bucket) {
    String namespaceAgent =
        agents.stream()
            .filter(agent -> agent.name().startsWith("namespace"))
            .map(Agents.Running::url)
            .findFirst()
            .orElseThrow();
    return """

    Everything is running. In another terminal:

      export AWS_ENDPOINT_URL=%1$s AWS_DEFAULT_REGION=us-west-2
      export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test
      aws deploy list-applications
      aws deploy get-deployment-group --application-name hello --deployment-group-name demo-shop
      aws elbv2 describe-listeners --load-balancer-arn \\
        "$(aws elbv2 describe-load-balancers --query 'LoadBalancers[0].LoadBalancerArn' --output text)"
      %3$s/scripts/kode status --bucket %4$s --environment demo
      curl -i %2$s
      curl %5$s/status
      curl %1$s/_simulator/load-balancers
      %3$s/scripts/kode release cluster --application lb-app-1 --cluster blue --bucket %4$s

    Agents:
    %6$s

    Ctrl-C ends everything.
    """
        .formatted(
            awsUrl,
            address,
            home,
            bucket,
            namespaceAgent,
            agents.stream()
                .map(agent -> "  %-36s %s".formatted(agent.name(), agent.url()))
                .collect(Collectors.joining("\n")));
  }
}
