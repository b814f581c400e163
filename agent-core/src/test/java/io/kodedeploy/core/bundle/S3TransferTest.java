package io.kodedeploy.core.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.spec.BundleType;
import io.kodedeploy.core.spec.Revision;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** Transfers that break off (host-agent.md 13, row 29), over sockets; pauses are only noted. */
class S3TransferTest {
  private static final String OBJECT = "0123456789".repeat(50_000);

  /** What the server does with one request: status line and headers, body, then it hangs up. */
  private record Answer(String head, String body) {
    static Answer whole(String eTag, String object, int cut) {
      return new Answer(
          "HTTP/1.1 200 OK\r\nETag: \"%s\"\r\nContent-Length: %d\r\n"
              .formatted(eTag, object.length()),
          object.substring(0, cut));
    }

    static Answer rest(String eTag, int from, int cut) {
      return new Answer(
          "HTTP/1.1 206 Partial Content\r\nETag: \"%s\"\r\nContent-Length: %d\r\n"
                  .formatted(eTag, OBJECT.length() - from)
              + "Content-Range: bytes %d-%d/%d\r\n"
                  .formatted(from, OBJECT.length() - 1, OBJECT.length()),
          OBJECT.substring(from, cut));
    }

    static Answer error(int status, String code) {
      var body = "<Error><Code>%s</Code><Message>m</Message></Error>".formatted(code);
      return new Answer(
          "HTTP/1.1 %d X\r\nContent-Length: %d\r\n".formatted(status, body.length()), body);
    }
  }

  @TempDir Path folder;

  private final Deque<Answer> answers = new ArrayDeque<>();
  private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
  private final List<Duration> pauses = new ArrayList<>();
  private final List<Long> heard = new ArrayList<>();
  private ServerSocket server;

  @BeforeEach
  void start() throws IOException {
    server = new ServerSocket();
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    Thread.ofVirtual().start(this::serve);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  @Test
  void resumesWhereItBrokeOff() throws Exception {
    answers.add(Answer.whole("a", OBJECT, 200_000));
    answers.add(Answer.rest("a", 200_000, 300_000));
    answers.add(Answer.rest("a", 300_000, OBJECT.length()));

    var eTag = fetch();

    assertThat(eTag).isEqualTo("\"a\"");
    assertThat(folder.resolve("bundle.tar")).hasContent(OBJECT);
    assertThat(requests).containsExactly("- -", "bytes=200000- \"a\"", "bytes=300000- \"a\"");
    assertThat(pauses).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(2));
    assertThat(heard).startsWith(-1L).endsWith((long) OBJECT.length()).isSorted();
  }

  @Test
  void beginsAnewWhenTheObjectChanged() throws Exception {
    answers.add(Answer.whole("a", OBJECT, 200_000));
    answers.add(Answer.error(412, "PreconditionFailed"));
    answers.add(Answer.whole("b", "another object", 14));

    var eTag = fetch();

    assertThat(eTag).isEqualTo("\"b\"");
    assertThat(folder.resolve("bundle.tar")).hasContent("another object");
    assertThat(heard.stream().filter(each -> each == -1)).hasSize(2);
  }

  @Test
  void beginsAnewWhenTheServerKnowsNoRanges() throws Exception {
    answers.add(Answer.whole("a", OBJECT, 200_000));
    answers.add(Answer.whole("a", OBJECT, OBJECT.length()));

    fetch();

    assertThat(folder.resolve("bundle.tar")).hasContent(OBJECT);
  }

  @Test
  void givesUpAfterEightAttempts() {
    for (var n = 0; n < 8; n++) {
      answers.add(n == 0 ? Answer.whole("a", OBJECT, 1000) : Answer.rest("a", 1000, 1000));
    }

    assertThatThrownBy(this::fetch)
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BUNDLE_UNAVAILABLE))
        .hasMessage(
            "Bundle s3://bucket/key cannot be read: Premature EOF, 8 times; the last time after"
                + " 1000 of 500000 bytes");
    assertThat(pauses).hasSize(7).endsWith(Duration.ofSeconds(30));
  }

  @Test
  void saysWhatIsNeededBeforeAnythingIsWritten() {
    answers.add(
        new Answer("HTTP/1.1 200 OK\r\nETag: \"a\"\r\nContent-Length: 9000000000000000\r\n", "x"));

    assertThatThrownBy(this::fetch)
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DISK_FULL))
        .hasMessageMatching(
            "The disk is \\(or was\\) full: the bundle needs 9000000000000000 bytes, "
                + folder
                + " has \\d+ bytes free");
  }

  @Test
  void aServiceThatNobodyReachesIsNamedWithWhatToTry() throws Exception {
    server.close();

    assertThatThrownBy(this::fetch)
        .isInstanceOf(AgentException.class)
        .hasMessageContaining("s3://bucket/key cannot be read: ")
        .hasMessageEndingWith(". Try using s3 endpoint override.");
  }

  @Test
  void stopsWhenTheAgentStops() throws Exception {
    answers.add(Answer.whole("a", OBJECT, OBJECT.length()));
    Thread.currentThread().interrupt();

    assertThatThrownBy(this::fetch).isInstanceOf(InterruptedException.class);
  }

  private String fetch() throws InterruptedException {
    var settings =
        new S3Settings(
            "us-east-1",
            Optional.of(URI.create("http://127.0.0.1:" + server.getLocalPort())),
            false,
            ProxyRules.NONE,
            Duration.ofSeconds(10));
    var credentials =
        StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIDEXAMPLE", "secret"));
    try (var s3 = new S3Bundles(settings, credentials, pauses::add)) {
      return s3.fetch(
          new Revision.S3("bucket", "key", BundleType.TAR, Optional.empty(), Optional.empty()),
          folder.resolve("bundle.tar"),
          new Arrival() {
            @Override
            public void begins() {
              heard.add(-1L);
            }

            @Override
            public void grown(long upTo) {
              heard.add(upTo);
            }
          });
    }
  }

  private void serve() {
    while (!server.isClosed()) {
      try (var client = server.accept()) {
        answer(client);
      } catch (IOException e) {
        return; // closed by the test's end
      }
    }
  }

  private void answer(Socket client) throws IOException {
    var head = head(client.getInputStream());
    requests.add(header(head, "Range") + " " + header(head, "If-Match"));
    var answer = answers.remove();
    client
        .getOutputStream()
        .write((answer.head() + "Connection: close\r\n\r\n" + answer.body()).getBytes(UTF_8));
  }

  private static String head(InputStream input) throws IOException {
    var head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) input.read());
    }
    return head.toString();
  }

  private static String header(String head, String name) {
    return Arrays.stream(head.split("\r\n"))
        .filter(line -> line.startsWith(name + ": "))
        .map(line -> line.substring(name.length() + 2))
        .findFirst()
        .orElse("-");
  }
}
