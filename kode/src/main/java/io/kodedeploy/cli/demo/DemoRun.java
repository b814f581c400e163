package io.kodedeploy.cli.demo;

import io.kodedeploy.cli.aws.AwsSettings;
import io.kodedeploy.cli.aws.SdkAws;
import io.kodedeploy.cli.console.ExitCode;
import io.kodedeploy.cli.options.Surroundings;
import io.kodedeploy.cli.process.Children;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** The steps of the demo, in the order in which they are told. */
final class DemoRun {
  private static final String ENVIRONMENT = "demo";
  private static final String NAMESPACE = "shop";
  private static final String SAMPLE = "hello";
  private static final int NODES = 3;
  private static final double LEAST_RATE = 200;
  private static final double RATE = 260;

  /** Answers after the release that must all come from the new cluster. */
  private static final int SETTLED = 400;

  private final Surroundings surroundings;
  private final KodeRunner kode;
  private final Narrator narrator;
  private final DemoOptions options;
  private final Path folder;
  private final Children children;
  private final Http http;

  DemoRun(
      Surroundings surroundings,
      KodeRunner kode,
      Narrator narrator,
      DemoOptions options,
      Path folder,
      Children children,
      Http http) {
    this.surroundings = surroundings;
    this.kode = kode;
    this.narrator = narrator;
    this.options = options;
    this.folder = folder;
    this.children = children;
    this.http = http;
  }

  void run(Outcome outcome) throws InterruptedException {
    narrator.say("starting the simulated AWS");
    var simulation = Simulation.start(surroundings.home(), children, http, folder, options.port());
    narrator.detail("listening on " + simulation.url() + ", logs in " + folder);
    var inside = inside(simulation.url());
    var agents = new Agents(surroundings.home(), folder, simulation.url(), children, http);

    narrator.say("creating the clusters blue and green, " + NODES + " nodes each");
    var blue = simulation.createCluster("blue", ENVIRONMENT, NODES);
    var green = simulation.createCluster("green", ENVIRONMENT, NODES);
    for (var cluster : List.of(blue, green)) {
      narrator.detail(
          cluster.name()
              + ": "
              + cluster.nodes().stream()
                  .map(node -> node.name() + " (" + node.instanceId() + ")")
                  .collect(Collectors.joining(", ")));
    }
    narrator.say("setting up bucket, service role, target groups, load balancer, release groups");
    URI address;
    try (var aws = inside.aws().get()) {
      address = new Infrastructure(aws, surroundings.home()).create(List.of(blue, green));
    }
    narrator.detail("the load balancer listens on " + address);

    startAgents(simulation, inside, agents, List.of(blue, green));
    command(
        inside,
        "deploy",
        "--environment",
        ENVIRONMENT,
        "--namespace",
        NAMESPACE,
        "--application",
        SAMPLE,
        "--bucket",
        Infrastructure.BUCKET,
        "--source",
        surroundings.home().resolve("examples/hello").toString());
    release(inside, "blue", address);

    narrator.say("starting the load: " + (int) RATE + " requests/s, half on kept connections");
    try (var load = Load.start(address, RATE)) {
      outcome.catchUp(catchUp(simulation, inside, agents));
      var began = Instant.now();
      release(inside, "green", address);
      outcome.release(Duration.between(began, Instant.now()));
      load.mark();
      Await.until(
          "the end of the load",
          options.load().plusSeconds(60),
          () ->
              load.tally().seconds() >= options.load().toSeconds()
                  && load.sinceMark().values().stream().mapToLong(n -> n).sum() >= SETTLED);
      afterwards(load, simulation, outcome);
    }
    if (options.keep()) {
      keep(simulation, agents, address, outcome);
    }
  }

  private Surroundings inside(String url) {
    var settings =
        AwsSettings.at(
            URI.create(url),
            "us-west-2",
            StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")));
    return new Surroundings(
        surroundings.environment(),
        folder,
        surroundings.home(),
        () -> new SdkAws(settings),
        surroundings.ticker());
  }

  private void startAgents(
      Simulation simulation, Surroundings inside, Agents agents, List<Cluster> clusters)
      throws InterruptedException {
    var started = new ArrayList<Agents.Running>();
    for (var cluster : clusters) {
      register(simulation, inside, agents, cluster);
      started.add(agents.startNamespaceAgent(cluster, ENVIRONMENT, NAMESPACE));
      for (var node : cluster.nodes()) {
        started.add(agents.startNodeAgent(cluster, ENVIRONMENT, node));
      }
    }
    narrator.say("waiting for " + started.size() + " agents, each a process");
    for (var agent : started) {
      agents.awaitReady(agent);
      narrator.detail(agent.name() + ": process " + agent.process().pid() + ", " + agent.url());
    }
    narrator.say("all agents are ready");
  }

  private void register(Simulation simulation, Surroundings inside, Agents agents, Cluster cluster)
      throws InterruptedException {
    simulation.createNamespace(cluster, NAMESPACE);
    command(
        inside,
        "init",
        "--cluster",
        cluster.name(),
        "--environment",
        ENVIRONMENT,
        "--namespace",
        NAMESPACE,
        "--bucket",
        Infrastructure.BUCKET,
        "--identity",
        "user",
        "--out",
        agents.folder(cluster, NAMESPACE).toString());
  }

  private void release(Surroundings inside, String cluster, URI address) {
    command(
        inside,
        "release",
        "cluster",
        "--application",
        Infrastructure.APPLICATION,
        "--cluster",
        cluster,
        "--bucket",
        Infrastructure.BUCKET,
        "--environment",
        ENVIRONMENT,
        "--bake",
        "2s",
        "--probe-url",
        address.toString(),
        "--probe-expect",
        "\"cluster\":\"" + cluster + "\"");
  }

  private void command(Surroundings inside, String... arguments) {
    var words = List.of(arguments);
    narrator.say("$ kode " + words.stream().map(DemoRun::quoted).collect(Collectors.joining(" ")));
    int code = kode.run(inside, narrator.details(), words);
    if (code != ExitCode.DONE) {
      throw new DemoFailed("kode " + words.getFirst() + " ended with exit code " + code);
    }
  }

  private static String quoted(String word) {
    return word.matches("[\\w./:=,-]+") ? word : "'" + word + "'";
  }

  /** The third cluster: nothing is deployed to it by anyone. */
  private Duration catchUp(Simulation simulation, Surroundings inside, Agents agents)
      throws InterruptedException {
    narrator.say("adding a third cluster, orange; nobody deploys anything to it");
    var orange = simulation.createCluster("orange", ENVIRONMENT, NODES);
    register(simulation, inside, agents, orange);
    var began = Instant.now();
    var agent = agents.startNamespaceAgent(orange, ENVIRONMENT, NAMESPACE);
    for (var node : orange.nodes()) {
      String url = "http://" + node.address() + ":" + Infrastructure.NODE_PORT + "/";
      Await.until(
          "the catch-up of orange",
          Await.PATIENCE,
          () -> {
            if (!agent.process().isAlive()) {
              throw new DemoFailed(agent.name() + " ended; see " + agent.log());
            }
            return http.get(url).filter(answer -> answer.statusCode() == 200).isPresent();
          });
    }
    var took = Duration.between(began, Instant.now());
    narrator.say(
        "orange has caught up: it serves "
            + SAMPLE
            + " on every node "
            + Narrator.seconds(took)
            + " s after its agent's start");
    return took;
  }

  private void afterwards(Load load, Simulation simulation, Outcome outcome)
      throws InterruptedException {
    var tally = load.stop();
    var settled = load.sinceMark();
    outcome.load(tally);
    narrator.say(
        "load: %d requests in %.1f s (%.0f/s), %d on kept connections, %d on fresh ones, %d failed"
            .formatted(
                tally.requests(),
                tally.seconds(),
                tally.perSecond(),
                tally.kept(),
                tally.fresh(),
                tally.failed()));
    tally.answers().forEach((cluster, n) -> narrator.detail("answered by " + cluster + ": " + n));
    tally.failures().forEach(narrator::detail);
    var counted = simulation.counted(Infrastructure.LOAD_BALANCER);
    narrator.detail(
        "the load balancer itself counted %d requests and %d failures (before anything served: 503)"
            .formatted(counted.requests(), counted.failures()));
    narrator.detail("after the release: " + settled);
    if (tally.failed() > 0) {
      throw new DemoFailed(tally.failed() + " requests failed");
    }
    if (tally.perSecond() < LEAST_RATE) {
      throw new DemoFailed(
          "the load reached %.0f requests/s, %.0f were promised"
              .formatted(tally.perSecond(), LEAST_RATE));
    }
    if (!settled.keySet().equals(Set.of("green"))) {
      throw new DemoFailed("after the release green must answer everything, found " + settled);
    }
  }

  private void keep(Simulation simulation, Agents agents, URI address, Outcome outcome) {
    narrator.line(outcome.line());
    narrator.line(
        LookAround.text(
            simulation.url(),
            address,
            surroundings.home(),
            agents.running(),
            Infrastructure.BUCKET));
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException _) {
      narrator.say("ending everything");
    }
  }
}
