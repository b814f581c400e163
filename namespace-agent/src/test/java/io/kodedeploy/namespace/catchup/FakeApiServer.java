package io.kodedeploy.namespace.catchup;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.kodedeploy.namespace.cluster.KubernetesApi;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Stores ConfigMaps and Leases as an API server does, resourceVersion included, over a socket; for
 * records only, everything else is tested with a real one.
 */
final class FakeApiServer implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final HttpServer server;
  private final Map<String, ObjectNode> objects = new TreeMap<>();
  private int version;
  final AtomicInteger requests = new AtomicInteger();
  volatile String denied = "";

  FakeApiServer() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  KubernetesApi api() {
    var address = "http://127.0.0.1:" + server.getAddress().getPort();
    return new KubernetesApi(
        () ->
            new ConfigBuilder(io.fabric8.kubernetes.client.Config.empty())
                .withMasterUrl(address)
                .build());
  }

  /** An object of a name, with data. */
  static ObjectNode object(String name, Map<String, String> data) {
    var object = JSON.createObjectNode();
    object.putObject("metadata").put("name", name);
    var node = object.putObject("data");
    data.forEach(node::put);
    return object;
  }

  /** Stores an object as an administrator would. */
  synchronized void put(String path, ObjectNode object) {
    ((ObjectNode) object.get("metadata")).put("resourceVersion", "" + ++version);
    objects.put(path, object);
  }

  synchronized JsonNode get(String path) {
    return objects.getOrDefault(path, JSON.createObjectNode());
  }

  private void answer(HttpExchange exchange) throws IOException {
    requests.incrementAndGet();
    var body =
        new String(
            exchange.getRequestBody().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    var path = exchange.getRequestURI().getPath();
    JsonNode answer;
    int code;
    synchronized (this) {
      var result = answer(exchange.getRequestMethod(), path, body);
      code = result.code();
      answer = result.body();
    }
    var bytes = answer.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(code, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private record Result(int code, JsonNode body) {}

  private Result answer(String method, String path, String text) {
    if (!denied.isEmpty() && path.contains(denied)) {
      return new Result(403, status("forbidden"));
    }
    var body = text.isEmpty() ? JSON.createObjectNode() : (ObjectNode) JSON.readTree(text);
    return switch (method) {
      case "GET" ->
          objects.containsKey(path)
              ? new Result(200, objects.get(path))
              : new Result(404, status("not found"));
      case "POST" -> {
        var name = path + "/" + body.path("metadata").path("name").asString();
        if (objects.containsKey(name)) {
          yield new Result(409, status("exists"));
        }
        put(name, body);
        yield new Result(201, body);
      }
      case "PUT" -> {
        var before = objects.get(path);
        if (before == null) {
          yield new Result(404, status("not found"));
        }
        var expected = body.path("metadata").path("resourceVersion").asString("");
        if (!expected.equals(before.path("metadata").path("resourceVersion").asString(""))) {
          yield new Result(409, status("changed meanwhile"));
        }
        put(path, body);
        yield new Result(200, body);
      }
      case "PATCH" -> {
        var before = objects.get(path);
        if (before == null) {
          yield new Result(404, status("not found"));
        }
        merge(before, body);
        put(path, before);
        yield new Result(200, before);
      }
      default -> new Result(405, status(method));
    };
  }

  private static void merge(ObjectNode into, JsonNode patch) {
    patch
        .properties()
        .forEach(
            field -> {
              if (field.getValue().isNull()) {
                into.remove(field.getKey());
              } else if (field.getValue().isObject()) {
                merge(
                    into.get(field.getKey()) instanceof ObjectNode there
                        ? there
                        : into.putObject(field.getKey()),
                    field.getValue());
              } else {
                into.set(field.getKey(), field.getValue());
              }
            });
  }

  private static ObjectNode status(String message) {
    return JSON.createObjectNode().put("kind", "Status").put("message", message);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
