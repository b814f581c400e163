package io.kodedeploy.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.core.config.ConfigRefused;
import io.kodedeploy.core.observe.AgentHealth;
import io.kodedeploy.core.observe.AgentMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SharedHostsTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  @TempDir Path folder;
  private final AdvancedClock clock = new AdvancedClock();
  private final AgentHealth health = new AgentHealth(clock);
  private final AgentMetrics metrics = AgentMetrics.ofManyHosts();
  private final Map<String, List<PlayedHost>> opened = new ConcurrentHashMap<>();
  private final Map<String, String> refusals = new ConcurrentHashMap<>();
  private SharedHosts hosts;

  private static final class AdvancedClock extends Clock {
    private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");

    void advance(Duration duration) {
      now = now.plus(duration);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneOffset getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(java.time.ZoneId zone) {
      return this;
    }
  }

  /** A host that works until it is told to stop, or dies as it is told. */
  private static final class PlayedHost implements CarriedHost {
    private final CountDownLatch end = new CountDownLatch(1);
    private final AgentHealth.Loop loop;
    private final Runnable lost;
    private volatile Error dies;
    private volatile boolean stuck;
    private volatile boolean abandoned;
    private volatile boolean closed;

    PlayedHost(AgentHealth health, Runnable lost) {
      this.loop = health.loop("poll", HostSlot.WEDGED);
      this.lost = lost;
      health.fine("poll");
    }

    void die(Error error) {
      dies = error;
      end.countDown();
    }

    @Override
    public void run() throws InterruptedException {
      end.await();
      if (dies != null) {
        throw dies;
      }
    }

    @Override
    public void stop() {
      if (!stuck) {
        end.countDown();
      }
    }

    @Override
    public void abandon(Duration limit) {
      abandoned = true;
    }

    @Override
    public JsonNode status() {
      return JsonMapper.shared().createObjectNode().put("state", "polling");
    }

    @Override
    public void close() {
      closed = true;
      loop.close();
    }
  }

  @BeforeEach
  void agent() throws IOException {
    var file = folder.resolve("agent.yml");
    Files.createDirectory(folder.resolve("namespaces"));
    Files.writeString(
        file,
        """
        mode: shared
        environment: test
        cluster: green
        apply.account: kodedeploy-apply
        namespaces.dir: %1$s/namespaces
        identities.dir: %1$s/identities
        """
            .formatted(folder));
    var settings = NamespaceAgentSettings.read(file, true, Map.of());
    hosts = new SharedHosts(settings, "1", this::open, health, metrics, clock);
  }

  private CarriedHost open(
      String namespace, AgentHealth ownHealth, AgentMetrics ownMetrics, Runnable lost) {
    if (refusals.containsKey(namespace)) {
      throw new ConfigRefused(List.of(refusals.get(namespace)));
    }
    ownMetrics.poll("idle");
    var host = new PlayedHost(ownHealth, lost);
    opened.computeIfAbsent(namespace, _ -> new CopyOnWriteArrayList<>()).add(host);
    return host;
  }

  private void list(String namespace, String settings) throws IOException {
    Files.writeString(folder.resolve("namespaces").resolve(namespace + ".yml"), settings);
  }

  private PlayedHost host(String namespace, int number) throws InterruptedException {
    Await.until(
        LIMIT,
        () -> "host " + number + " of " + namespace + ": " + hosts.status(),
        () -> {
          hosts.turn();
          return opened.getOrDefault(namespace, List.of()).size() >= number
              && state(namespace).equals("polling");
        });
    return opened.get(namespace).get(number - 1);
  }

  private String state(String namespace) {
    return hosts.status().path("namespaces").path(namespace).path("state").asString("");
  }

  private double rebuilds(String namespace, String reason) {
    return metrics
        .scrape()
        .lines()
        .filter(line -> line.startsWith("kodedeploy_host_rebuilds_total"))
        .filter(line -> line.contains("\"" + namespace + "\"") && line.contains(reason))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  /** Turns until it holds, with time going by. */
  private void until(Await.Condition condition) throws InterruptedException {
    Await.until(
        LIMIT,
        () -> hosts.status().toPrettyString(),
        () -> {
          clock.advance(Duration.ofSeconds(1));
          opened
              .values()
              .forEach(all -> all.stream().filter(h -> !h.stuck).forEach(h -> h.loop.beat()));
          hosts.turn();
          return condition.holds();
        });
  }

  @Test
  void aNamespaceThatIsAddedStartsAndOneThatIsRemovedStops() throws Exception {
    list("shop", "");
    var shop = host("shop", 1);
    assertThat(health.ready().up()).isTrue();

    list("pay", "");
    clock.advance(Duration.ofSeconds(10));
    host("pay", 1);
    Files.delete(folder.resolve("namespaces/shop.yml"));

    until(() -> hosts.status().path("namespaces").size() == 1);
    assertThat(shop.closed).isTrue();
    assertThat(state("pay")).isEqualTo("polling");
    assertThat(metrics.scrape())
        .contains("target_namespace=\"pay\"")
        .doesNotContain("target_namespace=\"shop\"");
  }

  @Test
  void changedSettingsEndTheHostAndAnotherOneBegins() throws Exception {
    list("shop", "apply.wait: 1m");
    var first = host("shop", 1);

    list("shop", "apply.wait: 2m");
    until(() -> opened.get("shop").size() == 2);

    assertThat(first.closed).isTrue();
    assertThat(rebuilds("shop", "")).isZero();
  }

  @Test
  void aWedgedHostIsMadeAgainAndCountedWhileTheOthersGoOn() throws Exception {
    list("shop", "");
    list("pay", "");
    var wedged = host("shop", 1);
    host("pay", 1);
    wedged.stuck = true;
    clock.advance(HostSlot.WEDGED.plusSeconds(1));
    opened.get("pay").getFirst().loop.beat();

    until(() -> opened.get("shop").size() == 2);

    assertThat(wedged.abandoned).isTrue();
    assertThat(wedged.closed).isTrue();
    assertThat(rebuilds("shop", "wedged")).isEqualTo(1);
    assertThat(opened.get("pay")).hasSize(1);
    assertThat(health.live().up()).isTrue();
  }

  @Test
  void aHostWhoseThreadDiesByAnErrorIsMadeAgainAndCounted() throws Exception {
    list("shop", "");
    host("shop", 1).die(new StackOverflowError("played"));

    until(() -> opened.get("shop").size() == 2);

    assertThat(rebuilds("shop", "died")).isEqualTo(1);
    assertThat(hosts.status().path("namespaces").path("shop").path("rebuilds").asInt())
        .isEqualTo(1);
  }

  @Test
  void aHostThatLostItsLeaseStopsAndWaitsAnew() throws Exception {
    list("shop", "");
    var first = host("shop", 1);
    first.lost.run();

    until(() -> opened.get("shop").size() == 2);

    assertThat(first.closed).isTrue();
    assertThat(rebuilds("shop", "lost")).isEqualTo(1);
  }

  @Test
  void aRefusedIdentityIsSaidInStatusAndKeepsNobodyElseFromWorking() throws Exception {
    refusals.put("shop", "codedeploy.onpremises.yml is missing");
    list("shop", "");
    list("pay", "");
    host("pay", 1);

    until(() -> state("shop").equals("refused"));
    assertThat(hosts.status().path("namespaces").path("shop").path("problem").asString())
        .contains("codedeploy.onpremises.yml is missing");
    assertThat(health.ready().up()).isTrue();

    refusals.clear();
    until(() -> state("shop").equals("polling"));
  }

  @Test
  void aListThatCannotBeReadChangesNothing() throws Exception {
    list("shop", "");
    var shop = host("shop", 1);
    Files.move(folder.resolve("namespaces"), folder.resolve("away"));
    clock.advance(Duration.ofMinutes(1));
    shop.loop.beat();
    hosts.turn();

    assertThat(state("shop")).isEqualTo("polling");
    assertThat(health.ready().reasons().get("namespaces")).contains("cannot be read");
  }

  @Test
  void aFileWhoseNameIsNoNamespaceIsNotOne() throws Exception {
    list("..shop", "");
    list("Shop", "");
    list("pay", "");
    host("pay", 1);

    assertThat(opened).containsOnlyKeys("pay");
  }
}
