import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;

/** Starts the packaged namespace agent against the simulator. Started by {@code run}. */
final class Bench {
  private static final Duration IDLE = Duration.ofSeconds(20);

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  public static void main(String[] args) throws Exception {
    var runs = Integer.parseInt(args[0]);
    var flags = List.of(args).subList(1, args.length);
    var polls = new ArrayList<Long>();
    var memory = new ArrayList<Long>();
    var simulator =
        new ProcessBuilder(java(), "-jar", "simulator/target/simulator.jar", "--port", "0")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (var lines = new BufferedReader(new InputStreamReader(simulator.getInputStream()))) {
      var first = lines.readLine();
      var url = URI.create(first.substring(first.indexOf("http")));
      var cluster =
          HTTP.send(
              HttpRequest.newBuilder(url.resolve("/_simulator/clusters"))
                  .POST(
                      BodyPublishers.ofString(
                          "{\"name\":\"bench\",\"environment\":\"bench\",\"nodes\":1}"))
                  .build(),
              BodyHandlers.ofString());
      var kubeconfig = JsonMapper.shared().readTree(cluster.body()).path("kubeconfig").asString();
      for (var run = 0; run < runs; run++) {
        var folder = Files.createTempDirectory("namespace-agent-bench");
        try {
          Files.writeString(folder.resolve("kubeconfig"), kubeconfig);
          measure(folder, url, flags, polls, memory);
        } finally {
          try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
              Files.delete(file);
            }
          }
        }
      }
    } finally {
      simulator.destroy();
    }
    System.out.println("bench: first_poll_ms=" + median(polls));
    System.out.println("bench: idle_rss_mib=" + median(memory));
  }

  private static void measure(
      Path folder, URI simulator, List<String> flags, List<Long> polls, List<Long> memory)
      throws Exception {
    var commands = new HeldPolls();
    var port = freePort();
    Files.writeString(
        folder.resolve("codedeploy.onpremises.yml"),
        """
        iam_user_arn: arn:aws:iam::123456789012:user/administrator
        aws_access_key_id: test
        aws_secret_access_key: test
        region: us-west-2
        """);
    Files.writeString(
        folder.resolve("codedeployagent.yml"),
        """
        root_dir: %1$s/root
        on_premises_config_file: %1$s/codedeploy.onpremises.yml
        deploy_control_endpoint: http://127.0.0.1:%2$d
        """
            .formatted(folder, commands.port()));
    Files.writeString(
        folder.resolve("agent.yml"),
        """
        environment: bench
        cluster: bench
        namespace: default
        kubernetes.kubeconfig: %s/kubeconfig
        server.address: 127.0.0.1
        server.port: %d
        """
            .formatted(folder, port));
    var command = new ArrayList<String>();
    command.add(java());
    command.addAll(flags);
    command.addAll(
        List.of(
            "--config-file", folder.resolve("codedeployagent.yml").toString(),
            "--settings", folder.resolve("agent.yml").toString()));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(k -> k.startsWith("AWS_") || k.startsWith("KUBE"));
    builder.environment().put("AWS_ENDPOINT_URL", simulator.toString());
    builder.environment().put("MALLOC_ARENA_MAX", "1");
    builder.redirectOutput(folder.resolve("out").toFile());
    var begin = System.nanoTime();
    var agent = builder.start();
    try {
      long arrived = commands.awaitFirst(60);
      if (arrived == 0) {
        throw new IOException("no poll within 60 s: " + Files.readString(folder.resolve("out")));
      }
      polls.add((arrived - begin) / 1_000_000);
      idle(port);
      memory.add(residentMib(agent.pid()));
    } finally {
      commands.release();
      agent.destroy();
      if (!agent.waitFor(20, TimeUnit.SECONDS)) {
        agent.destroyForcibly();
      }
      commands.close();
    }
  }

  /** What a kubelet does: asks for health, here once a second. */
  private static void idle(int port) throws Exception {
    var live = URI.create("http://127.0.0.1:" + port + "/health/live");
    var end = Instant.now().plus(IDLE);
    while (Instant.now().isBefore(end)) {
      try {
        HTTP.send(HttpRequest.newBuilder(live).build(), BodyHandlers.discarding());
      } catch (IOException e) {
        // not listening yet: the first poll comes before the web server
      }
      TimeUnit.SECONDS.sleep(1);
    }
  }

  private static long residentMib(long pid) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .map(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElseThrow();
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static long median(List<Long> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }
}
