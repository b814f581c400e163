package io.kodedeploy.simulator.elb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.simulator.http.Framing;
import io.kodedeploy.simulator.http.HttpConnection;
import io.kodedeploy.simulator.http.HttpEndpoint;
import io.kodedeploy.simulator.http.HttpFields;
import io.kodedeploy.simulator.http.LoopbackAddress;
import io.kodedeploy.simulator.http.RequestHead;
import io.kodedeploy.simulator.http.ResponseHead;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a request and its answer look like on both sides of a listener. */
class DataPathTest {
  private final List<AutoCloseable> open = new ArrayList<>();
  private final Later timers = new Later();
  private TargetGroup group;
  private LoadBalancer loadBalancer;
  private HttpEndpoint listener;

  /** Timers that a test fires itself. */
  private static final class Later implements TargetGroupTimers {
    private Runnable endOfDrain = () -> {};

    @Override
    public void check(TargetGroup checked, Target target, Duration in) {
      checked.checkBegins(target);
      checked.checked(target, new ProbeResult.Passed());
    }

    @Override
    public void drained(TargetGroup drained, Target target, Duration in) {
      endOfDrain = () -> drained.endDraining(target);
    }
  }

  @BeforeEach
  void listen() throws IOException {
    group =
        new TargetGroup(
            new TargetGroupSettings(
                "arn:web",
                "web",
                "HTTP",
                80,
                "vpc-1",
                TargetGroupSettings.TargetType.IP,
                "HTTP1",
                HealthCheckSettings.DEFAULTS,
                TargetGroupSettings.defaultAttributes()),
            timers);
    group.use(true);
    var address =
        IntStream.range(1, 250)
            .mapToObj(i -> LoopbackAddress.reserve("127.0.202." + i))
            .flatMap(java.util.Optional::stream)
            .findFirst()
            .orElseThrow();
    open.add(address);
    loadBalancer =
        new LoadBalancer("arn:lb", "web", "internal", List.of(), List.of(), Instant.EPOCH, address);
    var forward =
        new ListenerRule(
            "arn:rule",
            OptionalInt.empty(),
            List.of(),
            List.of(
                new RuleAction.Forward(
                    List.of(new RuleAction.WeightedGroup("arn:web", 1)), OptionalInt.empty())));
    var traffic =
        new ListenerTraffic(loadBalancer, 8080, new Routing(List.of(forward), _ -> group));
    listener =
        HttpEndpoint.open(
            new InetSocketAddress(address.text(), 0),
            traffic,
            Duration.ofSeconds(30),
            Duration.ofSeconds(2));
    open.add(listener);
  }

  @AfterEach
  void closeAll() throws Exception {
    for (var each : open.reversed()) {
      each.close();
    }
  }

  @Test
  void aLargeBodyTravelsBothWaysUnchangedWithAndWithoutLength() throws IOException {
    target(
        Backend.open(
            "echo",
            "127.0.0.1",
            0,
            exchange -> {
              byte[] body;
              try (var in = exchange.body()) {
                body = in.readAllBytes();
              }
              exchange.respond(ResponseHead.of(200, "OK"), body);
            }));
    var body = new byte[3_000_000];
    new Random(7).nextBytes(body);

    try (var client = connect()) {
      var known =
          exchange(client, "POST", "/", new HttpFields(), new Framing.Length(body.length), body);
      var chunked =
          exchange(
              client,
              "POST",
              "/",
              new HttpFields().add("Transfer-Encoding", "chunked"),
              new Framing.Chunked(),
              body);

      assertThat(known.body()).isEqualTo(body);
      assertThat(chunked.body()).isEqualTo(body);
    }
    assertThat(loadBalancer.counters.failures()).isEmpty();
  }

  @Test
  void theTargetLearnsWhoAskedAndNothingAboutTheClientsConnection() throws IOException {
    target(
        Backend.open(
            "mirror",
            "127.0.0.1",
            0,
            exchange -> {
              var seen = new StringBuilder();
              exchange
                  .request()
                  .fields()
                  .forEach(
                      (name, value) -> seen.append(name).append('=').append(value).append('\n'));
              lines.add(seen.toString()); // before the client can go on
              Backend.answer(exchange, "mirror");
            }));

    try (var client = connect()) {
      exchange(
          client,
          "GET",
          "/",
          new HttpFields()
              .add("Host", "web.example")
              .add("X-Forwarded-For", "192.0.2.7")
              .add("Connection", "x-secret")
              .add("X-Secret", "1")
              .add("TE", "trailers"),
          new Framing.None(),
          new byte[0]);
    }

    assertThat(lines.getFirst())
        .contains("Host=web.example", "X-Forwarded-For=192.0.2.7, 127.0.0.1")
        .contains("X-Forwarded-Proto=http", "X-Forwarded-Port=8080", "X-Amzn-Trace-Id=Root=1-")
        .doesNotContain("X-Secret", "TE=", "Connection=");
  }

  private final List<String> lines = new ArrayList<>();

  @Test
  void withoutAHealthyTargetTheAnswerIs503() throws IOException {
    try (var client = connect()) {
      var answer = get(client);

      assertThat(answer.status()).isEqualTo(503);
      assertThat(new String(answer.body(), UTF_8)).contains("503 Service Temporarily Unavailable");
      assertThat(get(client).status()).as("on the same connection").isEqualTo(503);
    }
    assertThat(loadBalancer.counters.failures()).containsEntry("no-target", 2L);
  }

  @Test
  void aTargetThatRefusesConnectionsIsABadGateway() throws IOException {
    int port;
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = taken.getLocalPort();
    }
    group.register(
        new TargetKey("127.0.0.1", port),
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port));

    try (var client = connect()) {
      assertThat(get(client).status()).isEqualTo(502);
    }
    assertThat(loadBalancer.counters.failures()).containsEntry("connect", 1L);
  }

  @Test
  void aTargetThatHangsUpInsteadOfAnsweringIsABadGatewayAndNothingIsSentTwice() throws IOException {
    var asked = new AtomicInteger();
    target(
        Backend.open(
            "rude",
            "127.0.0.1",
            0,
            _ -> {
              asked.incrementAndGet();
              throw new IOException("hangs up");
            }));

    try (var client = connect()) {
      assertThat(get(client).status()).isEqualTo(502);
    }
    assertThat(asked).hasValue(1);
    assertThat(loadBalancer.counters.failures()).containsEntry("reset", 1L);
  }

  @Test
  void aTargetThatDoesNotAnswerInTimeIsAGatewayTimeout() throws IOException {
    var release = new CountDownLatch(1);
    target(
        Backend.open(
            "slow",
            "127.0.0.1",
            0,
            exchange -> {
              awaitQuietly(release);
              Backend.answer(exchange, "slow");
            }));
    loadBalancer.idleTimeout(Duration.ofMillis(100));

    try (var client = connect()) {
      assertThat(get(client).status()).isEqualTo(504);
    } finally {
      release.countDown();
    }
    assertThat(loadBalancer.counters.failures()).containsEntry("timeout", 1L);
  }

  @Test
  void aKeptConnectionThatTheTargetHasEndedIsReplacedWithoutAFailure() throws IOException {
    target(
        Backend.open(
            "closing",
            "127.0.0.1",
            0,
            exchange -> {
              exchange.endConnection();
              exchange.respond(
                  ResponseHead.of(200, "OK").with("X-Backend", "closing"), new byte[0]);
            }));
    var first = group.acquire().orElseThrow();
    var stale = first.target().connections().connect();
    first.close();
    // The target ends this connection after one answer that asked for it to stay.
    stale.send(head("GET", "/", new HttpFields().add("Host", "x")), new Framing.None()).close();
    stale.receive();
    first.target().connections().keep(stale);

    try (var client = connect()) {
      assertThat(get(client).status()).isEqualTo(200);
    }
    assertThat(loadBalancer.counters.failures()).isEmpty();
  }

  @Test
  void aRequestInFlightEndsWithinTheDelayAndIsCutAfterIt() throws Exception {
    var entered = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    var key =
        target(
            Backend.open(
                "busy",
                "127.0.0.1",
                0,
                exchange -> {
                  entered.countDown();
                  awaitQuietly(release);
                  Backend.answer(exchange, "busy");
                }));

    try (var client = connect();
        var late = connect()) {
      var fields = new HttpFields().add("Host", "x");
      client.send(head("GET", "/", fields), new Framing.None()).close();
      entered.await();
      group.deregister(key);
      assertThat(get(late).status()).as("a new request while draining").isEqualTo(503);
      assertThat(group.health(key).state()).isEqualTo(TargetHealth.State.DRAINING);
      timers.endOfDrain.run();

      assertThat(client.receive().status()).isEqualTo(502);
      assertThat(group.health(key)).isEqualTo(TargetHealth.NOT_REGISTERED);
    } finally {
      release.countDown();
    }
    assertThat(loadBalancer.counters.failures()).containsEntry("drain-timeout", 1L);
  }

  @Test
  void aBodyThatTheTargetCutsShortDoesNotLookWholeToTheClient() throws IOException {
    target(
        Backend.open(
            "short",
            "127.0.0.1",
            0,
            exchange -> {
              var out = exchange.begin(ResponseHead.of(200, "OK"), new Framing.Chunked());
              out.write("half".getBytes(UTF_8));
              out.flush();
              throw new IOException("dies");
            }));

    try (var client = connect()) {
      client.send(head("GET", "/", new HttpFields().add("Host", "x")), new Framing.None()).close();
      var answer = client.receive();
      assertThat(answer.status()).isEqualTo(200);
      try (InputStream body = client.body(Framing.of(answer, "GET"))) {
        org.assertj.core.api.Assertions.assertThatThrownBy(body::readAllBytes)
            .isInstanceOf(IOException.class);
      }
    }
    assertThat(loadBalancer.counters.failures()).containsEntry("truncated", 1L);
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared as a whole
  private record Answer(int status, HttpFields fields, byte[] body) {}

  private TargetKey target(Backend backend) {
    open.add(backend);
    var key = new TargetKey("127.0.0.1", backend.port());
    group.register(key, backend.address());
    return key;
  }

  private HttpConnection connect() throws IOException {
    var connection = HttpConnection.connect(listener.address(), Duration.ofSeconds(10));
    connection.readLimit(Duration.ofSeconds(10));
    return connection;
  }

  private static Answer get(HttpConnection client) throws IOException {
    return exchange(
        client, "GET", "/", new HttpFields().add("Host", "x"), new Framing.None(), new byte[0]);
  }

  private static Answer exchange(
      HttpConnection client,
      String method,
      String path,
      HttpFields fields,
      Framing framing,
      byte[] body)
      throws IOException {
    if (framing instanceof Framing.Length(var bytes)) {
      fields.set("Content-Length", Long.toString(bytes));
    }
    try (var out = client.send(head(method, path, fields), framing)) {
      out.write(body);
    }
    var head = client.receive();
    try (var in = client.body(Framing.of(head, method))) {
      return new Answer(head.status(), head.fields(), in.readAllBytes());
    }
  }

  private static RequestHead head(String method, String path, HttpFields fields) {
    return new RequestHead(method, path, 1, fields);
  }

  private static void awaitQuietly(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
