package io.kodedeploy.cli;

import io.kodedeploy.cli.aws.Aws;
import io.kodedeploy.cli.aws.AwsSettings;
import io.kodedeploy.cli.aws.SdkAws;
import io.kodedeploy.cli.console.Ticker;
import io.kodedeploy.cli.options.Surroundings;
import io.kodedeploy.core.command.Host;
import io.kodedeploy.core.command.HostListener;
import io.kodedeploy.core.command.HostSettings;
import io.kodedeploy.core.config.CodeDeployAgentConfig;
import io.kodedeploy.core.identity.Ec2Identity;
import io.kodedeploy.core.identity.Ec2Metadata;
import io.kodedeploy.core.identity.HostIdentity;
import io.kodedeploy.core.identity.OnPremisesIdentity;
import io.kodedeploy.simulator.Simulator;
import io.kodedeploy.simulator.SimulatorSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A simulated account with real hosts of agent-core, and kode as a user types it. */
final class World implements AutoCloseable {
  static final String BUCKET = "bundles";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  final Simulator simulator = Simulator.start(SimulatorSettings.onAnyPort());
  final Aws aws;
  private final Path folder;
  private final HttpClient http = HttpClient.newHttpClient();
  private final Deque<Runnable> closing = new ArrayDeque<>();

  World(Path folder) {
    this.folder = folder;
    this.aws = new SdkAws(settings());
    aws.s3().createBucket(request -> request.bucket(BUCKET));
    aws.iam()
        .createRole(
            request ->
                request
                    .roleName("codedeploy-service")
                    .assumeRolePolicyDocument(
                        "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
                            + "\"Principal\":{\"Service\":\"codedeploy.amazonaws.com\"},"
                            + "\"Action\":\"sts:AssumeRole\"}]}"));
  }

  private AwsSettings settings() {
    return AwsSettings.at(
        simulator.url(),
        "us-west-2",
        StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")));
  }

  /** What a command said and how it ended. */
  record Ran(int code, String out, String err) {}

  Ran kode(String... arguments) {
    var out = new StringWriter();
    var err = new StringWriter();
    var line =
        Kode.commandLine(
            new Surroundings(
                Map.of(), folder, folder, () -> new SdkAws(settings()), Ticker.SYSTEM));
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    int code = line.execute(arguments);
    return new Ran(code, out.toString(), err.toString());
  }

  JsonNode admin(String path, String body) throws IOException, InterruptedException {
    return post(simulator.url() + "/_simulator" + path, body, Optional.empty());
  }

  private JsonNode post(String url, String body, Optional<String> token)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create(url)).header("Content-Type", "application/json");
    token.ifPresent(value -> request.header("Authorization", "Bearer " + value));
    var answer =
        http.send(request.POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
    if (answer.statusCode() / 100 != 2) {
      throw new AssertionError("POST " + url + ": " + answer.statusCode() + " " + answer.body());
    }
    return JSON.readTree(answer.body());
  }

  HttpResponse<String> get(URI url) throws IOException, InterruptedException {
    return http.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString());
  }

  /** A cluster whose nodes answer on port 30080 and are CodeDeploy hosts. */
  JsonNode cluster(String name, int nodes) throws IOException, InterruptedException {
    var cluster =
        admin(
            "/clusters",
            "{\"name\":\"%s\",\"environment\":\"test\",\"nodes\":%d}".formatted(name, nodes));
    serve(cluster);
    for (var node : cluster.required("nodes")) {
      var identity =
          Ec2Identity.discover(
              Ec2Metadata.of(
                  Map.of(
                      "AWS_EC2_METADATA_SERVICE_ENDPOINT", node.required("metadataUrl").asString()),
                  false),
              Map.of());
      host(node.required("name").asString(), identity);
    }
    return cluster;
  }

  private void serve(JsonNode cluster) throws IOException, InterruptedException {
    String api = cluster.required("kubernetesUrl").asString();
    var found =
        Pattern.compile("token: *\"?([^\\s\"]+)")
            .matcher(cluster.required("kubeconfig").asString());
    if (!found.find()) {
      throw new AssertionError("no token in the kubeconfig");
    }
    var token = Optional.of(found.group(1));
    post(
        api + "/apis/apps/v1/namespaces/default/deployments",
        """
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"hello"},"spec":{"replicas":1,
         "selector":{"matchLabels":{"app":"hello"}},"template":{"metadata":{"labels":{"app":"hello"}},
         "spec":{"containers":[{"name":"hello","image":"hello:1"}]}}}}
        """,
        token);
    post(
        api + "/api/v1/namespaces/default/services",
        """
        {"apiVersion":"v1","kind":"Service","metadata":{"name":"hello"},"spec":{"type":"NodePort",
         "selector":{"app":"hello"},"ports":[{"port":80,"targetPort":8080,"nodePort":30080}]}}
        """,
        token);
  }

  /** A host with on-premises credentials as kode init wrote them. */
  void namespaceHost(Path identityFile) {
    host("namespace-host", OnPremisesIdentity.read(identityFile, Map.of()).orElseThrow());
  }

  private void host(String name, HostIdentity identity) {
    try {
      Path own = Files.createDirectories(folder.resolve("host-" + name));
      Path config =
          Files.writeString(
              own.resolve("codedeployagent.yml"),
              """
              ---
              :root_dir: '%1$s/root'
              :pid_dir: '%1$s/pid'
              :wait_between_runs: 1
              :deploy_control_endpoint: %2$s
              :s3_endpoint_override: %2$s
              """
                  .formatted(own, simulator.url()));
      var host =
          Host.open(
              new HostSettings(
                  CodeDeployAgentConfig.read(config),
                  Map.of("PATH", "/usr/bin:/bin", "AWS_ENDPOINT_URL", simulator.url().toString()),
                  true),
              identity,
              List.of(),
              HostListener.NOOP);
      var thread =
          Thread.ofVirtual()
              .name("host-" + name)
              .start(
                  () -> {
                    try {
                      host.run();
                    } catch (InterruptedException _) {
                      Thread.currentThread().interrupt();
                    }
                  });
      closing.push(
          () -> {
            host.stop();
            thread.interrupt();
            try {
              thread.join();
            } catch (InterruptedException _) {
              Thread.currentThread().interrupt();
            }
            host.close();
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    while (!closing.isEmpty()) {
      closing.pop().run();
    }
    aws.close();
    simulator.close();
    http.close();
  }
}
