package io.kodedeploy.namespace;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The packaged agent as a process of its own, with its files in one folder. */
final class AgentProcess implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(60);

  private final Path folder;
  private final SimulatedAws aws;
  private final int port;
  private final HttpClient http = HttpClient.newHttpClient();
  private Map<String, String> environment;
  private Process process;
  private int starts;

  AgentProcess(Path folder, SimulatedAws aws, RealKubernetes kubernetes, String namespace)
      throws IOException {
    this(folder, aws, kubernetes, namespace, "");
  }

  AgentProcess(
      Path folder, SimulatedAws aws, RealKubernetes kubernetes, String namespace, String settings)
      throws IOException {
    this(folder, aws, Map.of());
    Files.writeString(
        folder.resolve("codedeployagent.yml"),
        """
        root_dir: %1$s/root
        on_premises_config_file: %1$s/codedeploy.onpremises.yml
        deploy_control_endpoint: %2$s
        wait_between_runs: 1
        kill_agent_max_wait_time_seconds: 60
        """
            .formatted(folder, aws.url()));
    Files.writeString(
        folder.resolve("agent.yml"),
        """
        environment: test
        cluster: green
        namespace: %s
        bucket: bundles
        kubernetes.kubeconfig: %s
        server.port: %d
        server.address: 127.0.0.1
        """
                .formatted(namespace, kubernetes.kubeconfig(), port)
            + settings);
    start();
  }

  private AgentProcess(Path folder, SimulatedAws aws, Map<String, String> environment)
      throws IOException {
    this.folder = folder;
    this.aws = aws;
    this.environment = environment;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    if (Files.exists(folder.resolve("codedeploy.onpremises.yml"))) {
      return; // an identity of the test's own
    }
    Files.writeString(
        folder.resolve("codedeploy.onpremises.yml"),
        """
        iam_user_arn: %s
        aws_access_key_id: %s
        aws_secret_access_key: %s
        region: us-west-2
        """
            .formatted(SimulatedAws.HOST_ARN, SimulatedAws.HOST_KEY, SimulatedAws.HOST_SECRET));
  }

  /**
   * What the container of an installed chart is: its settings from the ConfigMap, its rights from a
   * token of its service account. Not started yet.
   *
   * @param pod what {@code POD_NAME} says
   */
  static AgentProcess installed(
      Path folder, SimulatedAws aws, RealKubernetes kubernetes, String namespace, String pod)
      throws IOException {
    var credentials = Files.createDirectories(folder.resolve("credentials"));
    var agent =
        new AgentProcess(
            folder,
            aws,
            Map.of(
                "POD_NAME",
                pod,
                "KODEDEPLOY_KUBERNETES_KUBECONFIG",
                kubernetes.kubeconfigOf(namespace, "kodedeploy-agent").toString(),
                "KODEDEPLOY_CREDENTIALS_DIR",
                credentials.toString(),
                "KODEDEPLOY_SERVER_ADDRESS",
                "127.0.0.1"));
    for (var name : List.of("agent.yml", "codedeployagent.yml")) {
      var text =
          kubernetes.kubectl(
              "get",
              "configmap",
              "kodedeploy-agent",
              "-n",
              namespace,
              "-o",
              "go-template={{index .data \"" + name + "\"}}");
      Files.writeString(
          folder.resolve(name),
          name.equals("agent.yml")
              ? text
              : text.replace("/opt/codedeploy-agent/deployment-root", folder + "/root")
                  + "\n:on_premises_config_file: "
                  + folder
                  + "/codedeploy.onpremises.yml\n:deploy_control_endpoint: "
                  + aws.url()
                  + "\n");
    }
    return agent;
  }

  /**
   * What the container of a shared agent is: as {@link #installed}, without an identity of its own,
   * with its list of namespaces and their identities in two folders. Not started yet.
   *
   * @param place the namespace that it is installed in
   */
  static AgentProcess shared(
      Path folder,
      SimulatedAws aws,
      RealKubernetes kubernetes,
      String place,
      List<String> namespaces)
      throws IOException {
    var agent = installed(folder, aws, kubernetes, place, "kodedeploy-agent-0");
    Files.delete(folder.resolve("codedeploy.onpremises.yml"));
    Files.createDirectories(agent.listOf(""));
    Files.createDirectories(folder.resolve("identities"));
    for (var namespace : namespaces) {
      Files.writeString(
          agent.listOf(namespace),
          kubernetes.kubectl(
              "get",
              "configmap",
              "kodedeploy-namespaces",
              "-n",
              place,
              "-o",
              "go-template={{index .data \"" + namespace + ".yml\"}}"));
      agent.identity(namespace, SimulatedAws.identityOf(namespace));
    }
    agent.environment =
        Map.copyOf(
            Stream.concat(
                    agent.environment.entrySet().stream(),
                    Map.of(
                        "KODEDEPLOY_NAMESPACES_DIR",
                        agent.listOf("").toString(),
                        "KODEDEPLOY_IDENTITIES_DIR",
                        folder.resolve("identities").toString(),
                        "KODEDEPLOY_NAMESPACES_INTERVAL",
                        "1s")
                        .entrySet()
                        .stream())
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    return agent;
  }

  /** The file of a namespace in the list of a shared agent; the folder for an empty name. */
  Path listOf(String namespace) {
    var list = folder.resolve("namespaces");
    return namespace.isEmpty() ? list : list.resolve(namespace + ".yml");
  }

  /** Writes the identity of a namespace of a shared agent. */
  void identity(String namespace, String text) throws IOException {
    Files.writeString(
        folder.resolve("identities").resolve(namespace + ".codedeploy.onpremises.yml"), text);
  }

  /** Starts it, again after it was killed. */
  void start() throws IOException {
    starts++;
    var builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-jar",
            Path.of("target", "namespace-agent.jar").toAbsolutePath().toString(),
            "--config-file",
            folder.resolve("codedeployagent.yml").toString(),
            "--settings",
            folder.resolve("agent.yml").toString());
    builder.environment().keySet().removeIf(name -> name.startsWith("AWS_"));
    builder
        .environment()
        .putAll(
            Map.of("AWS_ENDPOINT_URL", aws.url().toString(), "KODEDEPLOY_SERVER_PORT", "" + port));
    builder.environment().putAll(environment);
    process = builder.redirectErrorStream(true).redirectOutput(log().toFile()).start();
  }

  private Path log() {
    return folder.resolve("agent-" + starts + ".log");
  }

  String output() throws IOException {
    return Files.readString(log());
  }

  AgentProcess started() throws InterruptedException {
    Await.until(START, this::problem, () -> get("/health/started").startsWith("200"));
    return this;
  }

  private String problem() {
    try {
      return "agent alive: " + process.isAlive() + "\n" + output();
    } catch (IOException e) {
      return e.toString();
    }
  }

  URI url(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  /** Status code and body. */
  String get(String path) throws IOException, InterruptedException {
    var uri = url(path);
    var answer =
        http.send(
            HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(5)).build(),
            BodyHandlers.ofString());
    return answer.statusCode() + " " + answer.body();
  }

  JsonNode status() throws IOException, InterruptedException {
    return JsonMapper.shared().readTree(get("/status").substring(4));
  }

  /** The state of an application, empty while it is not known. */
  String state(String application) throws IOException, InterruptedException {
    return status().path("applications").path(application).path("state").asString("");
  }

  /** kill -9. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** What happens to the emptyDir of a pod that is replaced. */
  void loseDisk() throws IOException {
    try (var files = Files.walk(folder.resolve("root"))) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** SIGTERM; the exit code. */
  int terminate() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new AssertionError("does not end after SIGTERM\n" + problem());
    }
    return process.exitValue();
  }

  List<String> lines() throws IOException {
    return Files.readAllLines(log());
  }

  @Override
  public void close() {
    process.destroyForcibly();
    http.close();
  }
}
