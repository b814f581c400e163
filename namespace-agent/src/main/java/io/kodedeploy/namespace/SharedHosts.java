package io.kodedeploy.namespace;

import io.kodedeploy.core.observe.AgentHealth;
import io.kodedeploy.core.observe.AgentMetrics;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The hosts of a process that serves a list of namespaces: follows the list, starts who is new,
 * stops who has left when the running command has ended, looks after the others. No namespace waits
 * for another.
 */
final class SharedHosts implements CarriedHost {
  private static final Logger log = LoggerFactory.getLogger(SharedHosts.class);
  private static final Pattern FILE = Pattern.compile("([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)\\.yml");
  private static final Duration TURN = Duration.ofMillis(500);
  private static final Duration LOOP_LIMIT = Duration.ofMinutes(2);

  private final SharedSettings settings;
  private final String environment;
  private final String cluster;
  private final String version;
  private final HostSlot.Opener opener;
  private final AgentMetrics metrics;
  private final AgentHealth.Loop loop;
  private final Clock clock;
  private final Map<String, HostSlot> slots = new ConcurrentSkipListMap<>();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private Instant nextLook = Instant.MIN;
  private volatile Optional<String> problem = Optional.of("the list was not read yet");

  /** Registers its loop and its requirement, and serves nobody yet. */
  SharedHosts(
      NamespaceAgentSettings settings,
      String version,
      HostSlot.Opener opener,
      AgentHealth health,
      AgentMetrics metrics,
      Clock clock) {
    this.settings = settings.shared();
    this.environment = settings.common().environment().orElse("");
    this.cluster = settings.common().cluster().orElse("");
    this.version = version;
    this.opener = opener;
    this.metrics = metrics;
    this.clock = clock;
    this.loop = health.loop("namespaces", LOOP_LIMIT);
    health.require("namespaces", () -> problem);
  }

  @Override
  public void run() throws InterruptedException {
    while (!stopped.await(TURN.toMillis(), TimeUnit.MILLISECONDS)) {
      turn();
    }
    problem = Optional.of("the agent is stopping");
    slots.values().forEach(slot -> slot.want(Optional.empty(), ""));
    while (!slots.isEmpty()) {
      looks();
      Thread.sleep(TURN);
    }
  }

  /** One look at the list, when it is time, and at every host. */
  void turn() {
    if (!clock.instant().isBefore(nextLook)) {
      nextLook = clock.instant().plus(settings.interval());
      follow();
    }
    looks();
  }

  private void looks() {
    loop.beat();
    slots.values().forEach(HostSlot::turn);
    slots.entrySet().removeIf(slot -> slot.getValue().left());
  }

  /** A list that cannot be read changes nothing. */
  private void follow() {
    Map<String, String> list;
    try {
      list = list();
    } catch (IOException | DirectoryIteratorException e) {
      problem = Optional.of("namespaces.dir: " + settings.namespaces() + " cannot be read: " + e);
      log.atError().addKeyValue("reason", problem.get()).log("the list of namespaces stays");
      return;
    }
    problem = Optional.empty();
    list.keySet()
        .forEach(
            name ->
                slots.computeIfAbsent(
                    name, _ -> new HostSlot(name, opener, metrics, version, clock)));
    slots.forEach((name, slot) -> slot.want(Optional.ofNullable(list.get(name)), stamp(name)));
  }

  private String stamp(String namespace) {
    var file = identity(settings, namespace);
    try {
      return Files.getLastModifiedTime(file) + " " + Files.size(file);
    } catch (IOException _) {
      return ""; // its host says what is wrong with it
    }
  }

  private Map<String, String> list() throws IOException {
    var list = new TreeMap<String, String>();
    try (var files = Files.newDirectoryStream(settings.namespaces())) {
      for (var file : files) {
        var name = FILE.matcher(file.getFileName().toString());
        if (name.matches()) {
          list.put(name.group(1), Files.readString(file));
        }
      }
    }
    return list;
  }

  /** The file of a namespace. */
  static Path file(SharedSettings settings, String namespace) {
    return settings.namespaces().resolve(namespace + ".yml");
  }

  /** The identity of a namespace: in a folder of its own, or as a key of a Secret. */
  static Path identity(SharedSettings settings, String namespace) {
    var folder = settings.identities().resolve(namespace).resolve("codedeploy.onpremises.yml");
    return Files.exists(folder)
        ? folder
        : settings.identities().resolve(namespace + ".codedeploy.onpremises.yml");
  }

  @Override
  public void stop() {
    stopped.countDown();
  }

  @Override
  public void abandon(Duration limit) {
    stop();
  }

  @Override
  public JsonNode status() {
    var root = JsonMapper.shared().createObjectNode();
    root.put("agent", "namespace-agent").put("version", version).put("mode", "shared");
    root.put("state", stopped.getCount() == 0 ? "stopping" : "working");
    problem.ifPresent(text -> root.put("reason", text));
    root.put("environment", environment).put("cluster", cluster);
    var namespaces = root.putObject("namespaces");
    slots.forEach((name, slot) -> namespaces.set(name, slot.status()));
    return root;
  }

  @Override
  public void close() {
    loop.close();
  }
}
