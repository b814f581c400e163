import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Starts the packaged node agent against a metadata service and a command service of its own: the
 * moment the first poll arrives is measured where it arrives. Started by {@code run}.
 */
final class Bench {
  private static final String DOCUMENT =
      "{\"accountId\":\"123456789012\",\"region\":\"us-west-2\",\"instanceId\":\"i-0123456789abcdef0\"}";
  private static final Duration IDLE = Duration.ofSeconds(20);

  public static void main(String[] args) throws Exception {
    int runs = Integer.parseInt(args[0]);
    var flags = List.of(args).subList(1, args.length);
    var polls = new ArrayList<Long>();
    var memory = new ArrayList<Long>();
    for (int run = 0; run < runs; run++) {
      Path folder = Files.createTempDirectory("node-agent-bench");
      try {
        measure(folder, flags, polls, memory);
      } finally {
        try (var files = Files.walk(folder)) {
          for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
            Files.delete(file);
          }
        }
      }
    }
    System.out.println("bench: first_poll_ms=" + median(polls));
    System.out.println("bench: idle_rss_mib=" + median(memory));
  }

  private static void measure(Path folder, List<String> flags, List<Long> polls, List<Long> memory)
      throws Exception {
    var firstPoll = new CountDownLatch(1);
    var arrived = new AtomicLong();
    var over = new CountDownLatch(1);
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          String path = exchange.getRequestURI().getPath();
          String answer =
              switch (path) {
                case "/latest/api/token" -> "token";
                case "/latest/dynamic/instance-identity/document" -> DOCUMENT;
                case "/latest/meta-data/services/partition" -> "aws";
                case "/latest/meta-data/services/domain" -> "amazonaws.com";
                case "/latest/meta-data/iam/security-credentials/" -> "role";
                case "/latest/meta-data/iam/security-credentials/role" ->
                    "{\"Code\":\"Success\",\"AccessKeyId\":\"k\",\"SecretAccessKey\":\"s\","
                        + "\"Token\":\"t\",\"Expiration\":\""
                        + Instant.now().plusSeconds(21600)
                        + "\"}";
                default -> {
                  arrived.compareAndSet(0, System.nanoTime());
                  firstPoll.countDown();
                  try {
                    over.await(30, TimeUnit.SECONDS); // the service holds a poll as long
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                  yield "{}";
                }
              };
          byte[] body = answer.getBytes(UTF_8);
          if (path.equals("/latest/api/token")) {
            exchange.getResponseHeaders().add("X-aws-ec2-metadata-token-ttl-seconds", "21600");
          }
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    String url = "http://127.0.0.1:" + server.getAddress().getPort();
    int port = freePort();
    Path config = folder.resolve("codedeployagent.yml");
    Path settings = folder.resolve("agent.yml");
    Files.writeString(
        config,
        "root_dir: " + folder.resolve("deployment-root") + "\ndeploy_control_endpoint: " + url + "\n");
    Files.writeString(settings, "server.address: 127.0.0.1\nserver.port: " + port + "\n");
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(
        List.of("--config-file", config.toString(), "--settings", settings.toString()));
    var builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(k -> k.startsWith("AWS_") || k.startsWith("KUBE"));
    builder.environment().put("AWS_EC2_METADATA_SERVICE_ENDPOINT", url);
    builder.environment().put("MALLOC_ARENA_MAX", "1");
    builder.redirectOutput(folder.resolve("out").toFile());
    builder.redirectError(folder.resolve("err").toFile());
    long begin = System.nanoTime();
    var agent = builder.start();
    try {
      if (!firstPoll.await(60, TimeUnit.SECONDS)) {
        throw new IOException(
            "no poll within 60 s: "
                + Files.readString(folder.resolve("err"))
                + Files.readString(folder.resolve("out")));
      }
      polls.add((arrived.get() - begin) / 1_000_000);
      idle(port);
      memory.add(residentMib(agent.pid()));
    } finally {
      over.countDown();
      agent.destroy();
      if (!agent.waitFor(60, TimeUnit.SECONDS)) {
        agent.destroyForcibly();
      }
      server.stop(0);
    }
  }

  /** What a kubelet does: asks for health, here once a second. */
  private static void idle(int port) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health/live")).build();
    var end = Instant.now().plus(IDLE);
    try (var http = HttpClient.newHttpClient()) {
      while (Instant.now().isBefore(end)) {
        try {
          http.send(request, HttpResponse.BodyHandlers.discarding());
        } catch (IOException e) {
          // not listening yet: the first poll comes before the web server
        }
        TimeUnit.SECONDS.sleep(1);
      }
    }
  }

  private static long residentMib(long pid) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .map(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElseThrow();
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
