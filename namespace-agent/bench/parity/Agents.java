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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Agents as in their image, which find the API server as a pod does: one process a namespace, or
 * one for all.
 */
final class Agents implements AutoCloseable {
  private static final double TICKS_PER_SECOND = 100; // USER_HZ of every Linux

  private final Path folder;
  private final NewCluster cluster;
  private final Account account;
  private final List<String> jvm;
  private final HttpClient http = HttpClient.newHttpClient();
  private final List<Agent> agents = new CopyOnWriteArrayList<>();

  /** A process, and how many hosts it carries. */
  private record Agent(Path home, int port, Process process, int hosts) {}

  Agents(NewCluster cluster, Account account, List<String> jvm) throws IOException {
    this.folder = Files.createTempDirectory("parity");
    this.cluster = cluster;
    this.account = account;
    this.jvm = jvm;
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> agents.forEach(agent -> agent.process().destroyForcibly())));
  }

  void start(List<String> namespaces) throws IOException, InterruptedException {
    if (cluster.shared()) {
      agents.add(startShared(namespaces));
      return;
    }
    for (var namespace : namespaces) {
      var home = home(namespace);
      Files.writeString(
          home.resolve("codedeploy.onpremises.yml"), Account.onPremisesFile(namespace));
      agents.add(
          start(
              home,
              namespace,
              "\n:on_premises_config_file: " + home + "/codedeploy.onpremises.yml",
              1));
    }
  }

  private Agent startShared(List<String> namespaces) throws IOException, InterruptedException {
    var home = home(NewCluster.RELEASE_NAMESPACE);
    var identities = Files.createDirectories(home.resolve("identities"));
    var list = Files.createDirectories(home.resolve("namespaces"));
    for (var namespace : namespaces) {
      Files.writeString(
          identities.resolve(namespace + ".codedeploy.onpremises.yml"),
          Account.onPremisesFile(namespace));
      Files.writeString(list.resolve(namespace + ".yml"), cluster.listed(namespace));
    }
    return start(home, NewCluster.RELEASE_NAMESPACE, "", namespaces.size());
  }

  private Path home(String namespace) throws IOException {
    return Files.createDirectories(folder.resolve(namespace));
  }

  private Agent start(Path home, String namespace, String more, int hosts)
      throws IOException, InterruptedException {
    Files.writeString(
        home.resolve("agent.yml"),
        cluster.setting(namespace, "agent.yml").replace("/etc/kodedeploy-shared", home.toString()));
    Files.writeString(
        home.resolve("codedeployagent.yml"),
        cluster
                .setting(namespace, "codedeployagent.yml")
                .replace("/opt/codedeploy-agent/deployment-root", home + "/root")
            + "\n:deploy_control_endpoint: "
            + account.url()
            + more
            + "\n");
    int port = freePort();
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvm);
    command.addAll(
        List.of(
            "--config-file",
            home.resolve("codedeployagent.yml").toString(),
            "--settings",
            home.resolve("agent.yml").toString()));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(k -> k.startsWith("AWS_") || k.startsWith("KUBE"));
    builder.environment().putAll(cluster.podEnvironment(namespace, home));
    builder
        .environment()
        .putAll(
            Map.of(
                "POD_NAME",
                "agent-" + namespace,
                "AWS_ENDPOINT_URL",
                account.url().toString(),
                "KODEDEPLOY_CREDENTIALS_DIR",
                Files.createDirectories(home.resolve("c")).toString(),
                "KODEDEPLOY_SERVER_ADDRESS",
                "127.0.0.1",
                "KODEDEPLOY_SERVER_PORT",
                "" + port,
                "MALLOC_ARENA_MAX",
                "1"));
    builder.redirectOutput(home.resolve("out").toFile());
    return new Agent(home, port, builder.start(), hosts);
  }

  /** Waits until each says that it has what it should have; those that do not are named. */
  void awaitParity(Duration limit) throws IOException, InterruptedException {
    var waiting = new ArrayList<>(agents);
    long end = System.nanoTime() + limit.toNanos();
    while (!waiting.isEmpty()) {
      waiting.removeIf(this::hasParity);
      if (System.nanoTime() > end) {
        var one = waiting.getFirst();
        throw new IOException(
            waiting.size()
                + " agents have no parity; of "
                + one.home().getFileName()
                + ": "
                + status(one)
                + "\n"
                + Files.readString(one.home().resolve("out")));
      }
      TimeUnit.SECONDS.sleep(2); // each look costs the agents time
    }
  }

  private boolean hasParity(Agent agent) {
    var status = status(agent);
    var hosts =
        cluster.shared() ? status.path("namespaces").valueStream().toList() : List.of(status);
    return hosts.size() == agent.hosts() && hosts.stream().allMatch(Agents::isComplete);
  }

  private static boolean isComplete(JsonNode host) {
    return host.path("catchUp").has("seconds")
        && host.path("applications").size() == Account.applications()
        && host.path("applications")
            .valueStream()
            .allMatch(one -> one.path("state").asString("").equals("current"));
  }

  private JsonNode status(Agent agent) {
    try {
      var request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + agent.port() + "/status"))
              .timeout(Duration.ofSeconds(5))
              .build();
      return JsonMapper.shared().readTree(http.send(request, BodyHandlers.ofString()).body());
    } catch (IOException e) {
      return JsonMapper.shared().createObjectNode().put("unreachable", String.valueOf(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Resident memory of each, MiB. */
  List<Double> residentMib() throws IOException {
    var all = new ArrayList<Double>();
    for (var agent : agents) {
      for (var line : Files.readAllLines(Path.of("/proc/" + agent.process().pid() + "/status"))) {
        if (line.startsWith("VmRSS:")) {
          all.add(Double.parseDouble(line.replaceAll("\\D", "")) / 1024);
        }
      }
    }
    return all;
  }

  /** Processor time of each so far, seconds. */
  List<Double> processorSeconds() throws IOException {
    var all = new ArrayList<Double>();
    for (var agent : agents) {
      var stat = Files.readString(Path.of("/proc/" + agent.process().pid() + "/stat"));
      var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      all.add((Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND);
    }
    return all;
  }

  /** SIGTERM, and waits; their folders stay, as does what is in the cluster. */
  void stop() throws InterruptedException {
    agents.forEach(agent -> agent.process().destroy());
    for (var agent : agents) {
      if (!agent.process().waitFor(60, TimeUnit.SECONDS)) {
        agent.process().destroyForcibly();
      }
    }
    agents.clear();
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() throws IOException {
    agents.forEach(agent -> agent.process().destroyForcibly());
    agents.forEach(agent -> agent.process().onExit().join());
    http.close();
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
