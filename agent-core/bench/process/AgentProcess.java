import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A packaged node agent, started as in its image, and what the kernel knows of it. */
final class AgentProcess implements AutoCloseable {
  private static final long TICKS_PER_SECOND = 100; // USER_HZ of every Linux
  private final Path folder;
  private final int port;
  private final Process process;
  final long begun;

  private AgentProcess(Path folder, int port, Process process, long begun) {
    this.folder = folder;
    this.port = port;
    this.process = process;
    this.begun = begun;
  }

  static AgentProcess start(URI commands, URI metadata, List<String> jvm) throws IOException {
    var folder = folder();
    int port = freePort();
    var config = folder.resolve("codedeployagent.yml");
    var settings = folder.resolve("agent.yml");
    Files.writeString(
        config,
        "root_dir: "
            + folder.resolve("deployment-root")
            + "\ndeploy_control_endpoint: "
            + commands
            + "\n");
    Files.writeString(
        settings, "server.address: 127.0.0.1\nserver.port: " + port + "\nhooks: true\n");
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvm);
    command.addAll(List.of("-jar", Path.of("node-agent/target/node-agent.jar").toString()));
    command.addAll(List.of("--config-file", config.toString(), "--settings", settings.toString()));
    var builder = new ProcessBuilder(command);
    var environment = builder.environment();
    environment.keySet().removeIf(k -> k.startsWith("AWS_") || k.startsWith("KUBE"));
    environment.put("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata.toString());
    environment.put("AWS_ENDPOINT_URL", commands.toString());
    environment.put("MALLOC_ARENA_MAX", "1");
    builder.redirectOutput(folder.resolve("out").toFile());
    builder.redirectError(folder.resolve("err").toFile());
    long begun = System.nanoTime();
    return new AgentProcess(folder, port, builder.start(), begun);
  }

  /** A new folder, in memory where the system has such a place. */
  static Path folder() throws IOException {
    var memory = Path.of("/dev/shm");
    return Files.isWritable(memory)
        ? Files.createTempDirectory(memory, "kodedeploy-bench")
        : Files.createTempDirectory("kodedeploy-bench");
  }

  static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Asks for a page as a kubelet or Prometheus does; whatever the answer is. */
  int get(HttpClient http, String path) throws InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(10))
            .build();
    try {
      return http.send(request, BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      return 0; // not listening yet: the first poll comes before the web server
    }
  }

  double residentMib() throws IOException {
    return status("VmRSS:") / 1024.0;
  }

  double anonymousMib() throws IOException {
    return status("RssAnon:") / 1024.0;
  }

  long threads() throws IOException {
    return status("Threads:");
  }

  long openFiles() throws IOException {
    try (var files = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
      return files.count();
    }
  }

  double processorSeconds() throws IOException {
    String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
    var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / (double) TICKS_PER_SECOND;
  }

  /** Processor time of its living threads, finer than the clock ticks above. */
  double threadsMillis() throws IOException {
    double nanos = 0;
    try (var threads = Files.newDirectoryStream(Path.of("/proc/" + process.pid() + "/task"))) {
      for (var thread : threads) {
        try {
          nanos += Long.parseLong(Files.readString(thread.resolve("schedstat")).split(" ")[0]);
        } catch (NoSuchFileException e) {
          // it has just ended
        }
      }
    }
    return nanos / 1e6;
  }

  private long status(String name) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
        .filter(line -> line.startsWith(name))
        .map(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }

  String log() throws IOException {
    return Files.readString(folder.resolve("err")) + Files.readString(folder.resolve("out"));
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    process.destroy();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
    delete(folder);
  }
}
