import io.kodedeploy.namespace.RealKubernetes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;

/**
 * The packaged agent in shared mode with many idle hosts: one API server, one simulator, a command
 * service that holds every poll. Started by {@code run}: HOSTS, then the flags of the JVM.
 */
final class SharedBench {
  private static final Duration READY = Duration.ofSeconds(240);
  private static final Duration IDLE = Duration.ofSeconds(60);
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  public static void main(String[] args) throws Exception {
    int hosts = Integer.parseInt(args[0]);
    var flags = List.of(args).subList(1, args.length);
    var folder = Files.createTempDirectory("namespace-agent-shared-bench");
    var commands = new HeldPolls();
    var simulator =
        new ProcessBuilder(java(), "-jar", "simulator/target/simulator.jar", "--port", "0")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (var kubernetes = RealKubernetes.start();
        var lines = new BufferedReader(new InputStreamReader(simulator.getInputStream()))) {
      var first = lines.readLine();
      var aws = first.substring(first.indexOf("http"));
      int port = files(folder, hosts, kubernetes, commands.port());
      var command = new ArrayList<String>();
      command.add(java());
      command.addAll(flags);
      command.addAll(
          List.of(
              "--config-file", folder.resolve("codedeployagent.yml").toString(),
              "--settings", folder.resolve("agent.yml").toString()));
      var builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().keySet().removeIf(k -> k.startsWith("AWS_") || k.startsWith("KUBE"));
      builder.environment().put("AWS_ENDPOINT_URL", aws);
      builder.environment().put("MALLOC_ARENA_MAX", "1");
      builder.redirectOutput(folder.resolve("out").toFile());
      var agent = builder.start();
      try {
        long ready = awaitReady(port, hosts, folder);
        TimeUnit.MILLISECONDS.sleep(IDLE.toMillis());
        System.err.println("shared: hosts=" + hosts + " seconds until all are ready: " + ready);
        System.err.println("shared: " + memory(agent.pid()) + " threads=" + threads(agent.pid()));
        System.out.println("bench: shared_" + hosts + "_rss_mib=" + resident(agent.pid(), "VmRSS"));
        if (System.getenv("BENCH_HOLD") != null) {
          System.err.println("pid " + agent.pid());
          TimeUnit.SECONDS.sleep(Long.parseLong(System.getenv("BENCH_HOLD")));
        }
      } finally {
        commands.release();
        agent.destroy();
        if (!agent.waitFor(30, TimeUnit.SECONDS)) {
          agent.destroyForcibly();
        }
      }
    } finally {
      simulator.destroy();
      commands.close();
      try (var files = Files.walk(folder)) {
        for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /** Namespaces with the apply account, settings and identities; the agent's port. */
  private static int files(Path folder, int hosts, RealKubernetes kubernetes, int commands)
      throws IOException {
    var list = Files.createDirectory(folder.resolve("namespaces"));
    var identities = Files.createDirectory(folder.resolve("identities"));
    var manifest = new StringBuilder();
    for (int host = 1; host <= hosts; host++) {
      var name = "bench-" + host;
      manifest.append(
          "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: %s}\n".formatted(name));
      manifest.append(
          "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: kodedeploy-apply, namespace: %s}\n"
              .formatted(name));
      Files.writeString(list.resolve(name + ".yml"), "accept.groups: [bench-" + name + "]\n");
      Files.writeString(
          identities.resolve(name + ".codedeploy.onpremises.yml"),
          """
          iam_user_arn: arn:aws:iam::123456789012:user/administrator
          aws_access_key_id: test
          aws_secret_access_key: test
          region: us-west-2
          """);
    }
    kubernetes.apply("bench", manifest.toString());
    int port;
    try (var socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    Files.writeString(
        folder.resolve("codedeployagent.yml"),
        """
        root_dir: %1$s/root
        deploy_control_endpoint: http://127.0.0.1:%2$d
        """
            .formatted(folder, commands));
    Files.writeString(
        folder.resolve("agent.yml"),
        """
        mode: shared
        environment: bench
        cluster: bench
        namespaces.dir: %1$s/namespaces
        identities.dir: %1$s/identities
        credentials.dir: %1$s
        apply.account: kodedeploy-apply
        kubernetes.kubeconfig: %2$s
        server.address: 127.0.0.1
        server.port: %3$d
        """
            .formatted(folder, kubernetes.kubeconfig(), port));
    return port;
  }

  /** Seconds until every host has polled. */
  private static long awaitReady(int port, int hosts, Path folder) throws Exception {
    var begin = System.nanoTime();
    var status = URI.create("http://127.0.0.1:" + port + "/status");
    long ready = 0;
    while (System.nanoTime() - begin < READY.toNanos()) {
      try {
        var answer =
            HTTP.send(HttpRequest.newBuilder(status).build(), BodyHandlers.ofString()).body();
        ready =
            JsonMapper.shared()
                .readTree(answer)
                .path("namespaces")
                .valueStream()
                .filter(one -> one.path("ready").asBoolean())
                .count();
        if (ready == hosts) {
          return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin);
        }
      } catch (IOException e) {
        // not listening yet
      }
      TimeUnit.SECONDS.sleep(1);
    }
    throw new IOException(
        ready + " hosts of " + hosts + ": " + Files.readString(folder.resolve("out")));
  }

  private static String memory(long pid) throws IOException {
    return "RssAnon=" + resident(pid, "RssAnon") + " RssFile=" + resident(pid, "RssFile");
  }

  private static long threads(long pid) throws IOException {
    return Long.parseLong(line(pid, "Threads").replaceAll("\\D", ""));
  }

  private static long resident(long pid, String what) throws IOException {
    return Long.parseLong(line(pid, what).replaceAll("\\D", "")) / 1024;
  }

  private static String line(long pid, String what) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
        .filter(line -> line.startsWith(what + ":"))
        .findFirst()
        .orElseThrow();
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }
}
