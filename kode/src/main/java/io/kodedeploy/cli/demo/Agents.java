package io.kodedeploy.cli.demo;

import io.kodedeploy.cli.process.Children;
import io.kodedeploy.cli.process.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Agents as in production: each a process with files of its own, told where AWS is. */
final class Agents {
  private final Path home;
  private final Path folder;
  private final String awsUrl;
  private final Children children;
  private final Http http;
  private final List<Running> running = new ArrayList<>();

  Agents(Path home, Path folder, String awsUrl, Children children, Http http) {
    this.home = home;
    this.folder = folder;
    this.awsUrl = awsUrl;
    this.children = children;
    this.http = http;
  }

  /**
   * One agent.
   *
   * @param name in words
   * @param url of its health, metrics and status
   * @param process the process
   * @param log what it writes
   */
  record Running(String name, String url, Process process, Path log) {}

  List<Running> running() {
    return List.copyOf(running);
  }

  /**
   * Where an agent's files are: {@code codedeploy.onpremises.yml} is put there before its start.
   */
  Path folder(Cluster cluster, String namespace) {
    return folder.resolve(cluster.name() + "-" + namespace);
  }

  Running startNamespaceAgent(Cluster cluster, String environment, String namespace) {
    Path own = folder(cluster, namespace);
    int port = Infrastructure.freePort("127.0.0.1");
    write(own.resolve("kubeconfig"), cluster.kubeconfig());
    write(
        own.resolve("codedeployagent.yml"),
        codedeployAgent(own)
            + ":on_premises_config_file: "
            + own.resolve("codedeploy.onpremises.yml")
            + "\n");
    write(
        own.resolve("agent.yml"),
        """
        environment: %s
        cluster: %s
        namespace: %s
        bucket: %s
        accept.groups: ["%s-%s"]
        accept.sources: ["s3://%s/codedeploy/%s/%s/"]
        server.address: 127.0.0.1
        server.port: %d
        kubernetes.kubeconfig: %s
        """
            .formatted(
                environment,
                cluster.name(),
                namespace,
                Infrastructure.BUCKET,
                environment,
                namespace,
                Infrastructure.BUCKET,
                environment,
                namespace,
                port,
                own.resolve("kubeconfig")));
    return start(
        "namespace agent " + cluster.name() + "/" + namespace,
        "namespace-agent",
        own,
        "http://127.0.0.1:" + port,
        Map.of("AWS_ENDPOINT_URL", awsUrl, "AWS_EC2_METADATA_DISABLED", "true"));
  }

  Running startNodeAgent(Cluster cluster, String environment, Cluster.Node node) {
    Path own = folder.resolve(node.name());
    int port = Infrastructure.freePort(node.address());
    write(own.resolve("codedeployagent.yml"), codedeployAgent(own));
    write(
        own.resolve("agent.yml"),
        """
        environment: %s
        cluster: %s
        accept.applications: ["%s"]
        accept.sources: ["s3://%s/kodedeploy-node/"]
        server.address: %s
        server.port: %d
        """
            .formatted(
                environment,
                cluster.name(),
                Infrastructure.APPLICATION,
                Infrastructure.BUCKET,
                node.address(),
                port));
    return start(
        "node agent " + cluster.name() + "/" + node.name(),
        "node-agent",
        own,
        "http://" + node.address() + ":" + port,
        Map.of(
            "AWS_ENDPOINT_URL", awsUrl, "AWS_EC2_METADATA_SERVICE_ENDPOINT", node.metadataUrl()));
  }

  private String codedeployAgent(Path own) {
    return """
    ---
    :program_name: codedeploy-agent
    :root_dir: '%s'
    :pid_dir: '%s'
    :wait_between_runs: 1
    :deploy_control_endpoint: %s
    """
        .formatted(own.resolve("deployment-root"), own.resolve("pid"), awsUrl);
  }

  private Running start(
      String name, String module, Path own, String url, Map<String, String> variables) {
    Path log = own.resolve("agent.log");
    var process =
        children.start(
            Program.agent(home, module)
                .command(
                    List.of(
                        "--config-file", own.resolve("codedeployagent.yml").toString(),
                        "--settings", own.resolve("agent.yml").toString())),
            variables,
            log);
    var agent = new Running(name, url, process, log);
    running.add(agent);
    return agent;
  }

  /** Waits until an agent's own readiness says so. */
  void awaitReady(Running agent) throws InterruptedException {
    Await.until(
        agent.name() + " becoming ready",
        Await.PATIENCE,
        () -> {
          if (!agent.process().isAlive()) {
            throw new DemoFailed(
                agent.name()
                    + " ended with exit code "
                    + agent.process().exitValue()
                    + "; see "
                    + agent.log());
          }
          return http.get(agent.url() + "/health/ready")
              .filter(answer -> answer.statusCode() == 200)
              .isPresent();
        });
  }

  private static void write(Path file, String text) {
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
