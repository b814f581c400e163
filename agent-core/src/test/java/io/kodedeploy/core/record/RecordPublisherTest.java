package io.kodedeploy.core.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.core.conformance.Awaited;
import io.kodedeploy.core.conformance.ScriptedServer;
import io.kodedeploy.core.conformance.Settings;
import io.kodedeploy.core.record.HostRecord.Application;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RecordPublisherTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final ScriptedServer s3 = new ScriptedServer();
  private final AtomicInteger failures = new AtomicInteger();
  private volatile HostRecord record = record("r1");

  @AfterEach
  void stop() {
    s3.close();
  }

  @Test
  void publishesWhatTheCommandLineReads() {
    assertThat(record.key()).isEqualTo("kodedeploy-status/demo/shop/blue.json");
    assertThat(record.json().toString())
        .isEqualTo(
            "{\"schema\":1,\"agentVersion\":\"0.1.0\",\"environment\":\"demo\",\"namespace\":\"shop\",\"cluster\":\"blue\","
                + "\"host\":\"arn:x\",\"written\":\"2026-01-05T10:11:12Z\",\"lastPoll\":\"2026-01-05T10:11:11Z\",\"ready\":false,"
                + "\"reasons\":{\"poll\":\"unreachable\"},\"applications\":{\"web\":{\"wanted\":\"r1\",\"sha256\":\"abc\",\"ready\":true}}}");
  }

  @Test
  void writesAtStartAndWhenSomethingHasChanged() throws Exception {
    try (var publisher = publisher()) {
      Awaited.within(LIMIT, "first record", () -> s3.requests().size() == 1);
      record = record("r2");

      publisher.changed();

      Awaited.within(LIMIT, "second record", () -> s3.requests().size() == 2);
      assertThat(s3.last().method()).isEqualTo("PUT");
      assertThat(s3.last().path()).startsWith("/bundles/kodedeploy-status/demo/shop/blue.json");
      assertThat(s3.last().body()).contains("\"wanted\":\"r2\"");
      assertThat(failures).hasValue(0);
    }
  }

  @Test
  void countsAFailureAndTriesAgain() throws Exception {
    s3.answer(403, "<Error><Code>AccessDenied</Code></Error>");
    try (var publisher = publisher()) {
      Awaited.within(LIMIT, "first failure", () -> failures.get() == 1);
      s3.answer(200, "");
      int before = s3.requests().size();

      publisher.changed();

      Awaited.within(LIMIT, "a record after the failure", () -> s3.requests().size() > before);
      assertThat(failures).hasValue(1);
    }
  }

  private RecordPublisher publisher() {
    return RecordPublisher.start(
        Settings.identity(),
        Optional.of(s3.url()),
        "bundles",
        () -> record,
        failures::incrementAndGet);
  }

  private static HostRecord record(String wanted) {
    return new HostRecord(
        "0.1.0",
        "demo",
        "shop",
        "blue",
        "arn:x",
        Instant.parse("2026-01-05T10:11:12Z"),
        Optional.of(Instant.parse("2026-01-05T10:11:11Z")),
        false,
        Map.of("poll", "unreachable"),
        Map.of(
            "web",
            new Application(
                Optional.of(wanted),
                Optional.empty(),
                Optional.of("abc"),
                true,
                Optional.empty())));
  }
}
