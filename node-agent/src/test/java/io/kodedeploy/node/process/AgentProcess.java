package io.kodedeploy.node.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One node agent, started as in production. Ends with {@link #close}, whatever happened. */
final class AgentProcess implements AutoCloseable {
  private static final Path JAR = Path.of("target/node-agent.jar");
  private static final Duration STOP = Duration.ofSeconds(20);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

  private final Path folder;
  private final int port;
  private final Map<String, String> environment = new LinkedHashMap<>();
  private final List<String> agentYml = new ArrayList<>();
  private final List<String> codeDeployYml = new ArrayList<>();
  private @Nullable Process process;

  /** An agent with its files below a folder of its own. */
  AgentProcess(Path folder, URI commandService, URI metadata) {
    this.folder = folder;
    this.port = freePort();
    environment.put("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata.toString());
    agentYml.add("server.address: 127.0.0.1");
    agentYml.add("server.port: " + port);
    agentYml.add("traffic.poll-interval: 1s");
    codeDeployYml.add("root_dir: " + folder.resolve("deployment-root"));
    codeDeployYml.add("wait_between_runs: 1");
    codeDeployYml.add("deploy_control_endpoint: " + commandService);
  }

  AgentProcess environment(String name, String value) {
    environment.put(name, value);
    return this;
  }

  AgentProcess setting(String line) {
    agentYml.add(line);
    return this;
  }

  AgentProcess start() {
    try {
      Files.createDirectories(folder);
      Path settings = folder.resolve("agent.yml");
      Path config = folder.resolve("codedeployagent.yml");
      Files.write(settings, agentYml, UTF_8);
      Files.write(config, codeDeployYml, UTF_8);
      var builder =
          new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-XX:+UseSerialGC",
              "-XX:TieredStopAtLevel=1",
              "-Xmx96m",
              "-jar",
              JAR.toAbsolutePath().toString(),
              "--config-file",
              config.toString(),
              "--settings",
              settings.toString());
      builder.environment().keySet().removeIf(k -> k.startsWith("AWS_") || k.startsWith("KUBE"));
      builder.environment().putAll(environment);
      builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
      builder.redirectError(folder.resolve("stderr.txt").toFile());
      process = builder.start();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path log() {
    return folder.resolve("stdout.jsonl");
  }

  String standardError() throws IOException {
    return Files.readString(folder.resolve("stderr.txt"));
  }

  /** Exit code of a process that ends by itself. */
  int exitCode(Duration limit) throws InterruptedException {
    var running = running();
    if (!running.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("the agent still runs after " + limit);
    }
    return running.exitValue();
  }

  /** SIGKILL. */
  void kill() throws InterruptedException {
    running().destroyForcibly().waitFor();
  }

  /** SIGTERM; the exit code. */
  int terminate() throws InterruptedException {
    running().destroy();
    return exitCode(STOP);
  }

  boolean alive() {
    return running().isAlive();
  }

  /** An answer of the agent's own web server; 0 and the reason when there is none. */
  record Answer(int status, String body) {
    JsonNode json() {
      return JSON.readTree(body);
    }
  }

  Answer get(String path) throws InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(5))
            .build();
    try {
      var response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.body());
    } catch (IOException e) {
      return new Answer(0, e.toString());
    }
  }

  private Process running() {
    if (process == null) {
      throw new IllegalStateException("not started");
    }
    return process;
  }

  private static int freePort() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends the process; its log stays in target/it-logs for whoever reads a failure. */
  @Override
  public void close() {
    if (process != null) {
      process.destroyForcibly();
      try {
        Path kept = Path.of("target/it-logs");
        Files.createDirectories(kept);
        Files.copy(log(), kept.resolve(folder.getFileName() + ".jsonl"), REPLACE_EXISTING);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
