package io.kodedeploy.node.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.node.traffic.TargetPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeClusterTest {
  private static final String SERVICE =
      """
      {"apiVersion":"v1","kind":"Service","metadata":{"name":"controller","namespace":"ingress"},
       "spec":{"ports":[{"name":"http","port":80,"nodePort":30080},
                        {"name":"https","port":443,"nodePort":30443},{"name":"admin","port":9000}]}}
      """;
  private static final String NODES =
      """
      {"apiVersion":"v1","kind":"NodeList","metadata":{},"items":[
       {"apiVersion":"v1","kind":"Node","metadata":{"name":"one","uid":"u-1"},
        "spec":{"providerID":"aws:///us-west-2a/i-0aaa"}},
       {"apiVersion":"v1","kind":"Node","metadata":{"name":"two","uid":"u-2"},
        "spec":{"providerID":"aws:///us-west-2a/i-0abc"}}]}
      """;

  @TempDir private Path folder;
  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private NodeCluster cluster;

  @BeforeEach
  void open() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String call = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
          String sent = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
          requests.add(call + " " + sent);
          String answer = answers.get(call);
          byte[] body =
              (answer == null
                      ? "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"code\":404,"
                          + "\"reason\":\"NotFound\"}"
                      : answer.equals("echo") ? sent : answer)
                  .getBytes(UTF_8);
          exchange.getResponseHeaders().add("Content-Type", "application/json");
          exchange.sendResponseHeaders(answer == null ? 404 : 200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    Path kubeconfig = folder.resolve("kubeconfig");
    Files.writeString(
        kubeconfig,
        """
        apiVersion: v1
        kind: Config
        clusters: [{name: c, cluster: {server: "http://127.0.0.1:%d"}}]
        users: [{name: u, user: {token: t}}]
        contexts: [{name: x, context: {cluster: c, user: u}}]
        current-context: x
        """
            .formatted(server.getAddress().getPort()));
    cluster =
        new NodeCluster(
            KubernetesAccess.find(Optional.of(kubeconfig), Map.of()),
            Optional.empty(),
            "i-0abc",
            Clock.systemUTC());
  }

  @AfterEach
  void close() {
    cluster.close();
    server.stop(0);
  }

  @Test
  void findsANodePortByNameAndByNumber() {
    answers.put("GET /api/v1/namespaces/ingress/services/controller", SERVICE);

    assertThat(cluster.resolve(new TargetPort.NodePort("ingress", "controller", "https")))
        .isEqualTo(30443);
    assertThat(cluster.resolve(new TargetPort.NodePort("ingress", "controller", "80")))
        .isEqualTo(30080);
  }

  @Test
  void aPortWithoutNodePortIsRefusedWithWhatThereIs() {
    answers.put("GET /api/v1/namespaces/ingress/services/controller", SERVICE);

    assertThatThrownBy(
            () -> cluster.resolve(new TargetPort.NodePort("ingress", "controller", "admin")))
        .isInstanceOfSatisfying(
            AgentException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.TARGET_PORT_INVALID))
        .hasMessageContaining("http=80:30080");
  }

  @Test
  void anAbsentServiceIsRefused() {
    assertThatThrownBy(() -> cluster.resolve(new TargetPort.NodePort("ingress", "absent", "http")))
        .isInstanceOf(AgentException.class)
        .hasMessage("there is no Service ingress/absent");
  }

  @Test
  void writesAnEventOnTheNodeThatHasTheInstance() {
    answers.put("GET /api/v1/nodes", NODES);
    answers.put("POST /api/v1/namespaces/default/events", "echo");

    cluster.event(NodeCluster.EventType.WARNING, "DeploymentFailed", "deployment d-1 failed");
    cluster.close(); // waits for the event

    assertThat(requests)
        .filteredOn(r -> r.startsWith("POST"))
        .singleElement()
        .asString()
        .contains("\"involvedObject\":{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"name\":\"two\"")
        .contains("\"uid\":\"u-2\"")
        .contains("\"reason\":\"DeploymentFailed\"")
        .contains("\"type\":\"Warning\"")
        .contains("deployment d-1 failed");
    assertThat(cluster.state()).startsWith("reachable by kubeconfig");
  }

  @Test
  void withoutAClusterEventsAreNothingAndPortsSayWhy() {
    try (var none =
        new NodeCluster(
            KubernetesAccess.find(Optional.empty(), Map.of()),
            Optional.empty(),
            "i-0abc",
            Clock.systemUTC())) {
      none.event(NodeCluster.EventType.NORMAL, "DeploymentSucceeded", "fine");

      assertThat(none.state()).startsWith("not configured");
      assertThatThrownBy(() -> none.resolve(new TargetPort.NodePort("a", "b", "c")))
          .isInstanceOf(AgentException.class)
          .hasMessageContaining("not configured");
    }
  }

  @Test
  void anUnreachableClusterIsAReasonAndNoFailure() {
    server.stop(0);

    cluster.event(NodeCluster.EventType.NORMAL, "DeploymentSucceeded", "fine");
    cluster.close();

    assertThat(cluster.state()).contains("looking for the Node of i-0abc failed");
  }
}
