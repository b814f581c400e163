package io.kodedeploy.namespace.catchup;

import io.kodedeploy.core.command.Acceptance;
import io.kodedeploy.core.command.CommandInfo;
import io.kodedeploy.core.command.CommandOutcome;
import io.kodedeploy.core.command.LifecycleEvent;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.spec.DeploymentSpec;
import io.kodedeploy.core.store.DeploymentPaths;
import io.kodedeploy.namespace.cluster.ClusterBoard;
import io.kodedeploy.namespace.cluster.ConfigMaps;
import io.kodedeploy.namespace.cluster.KubernetesApi;
import io.kodedeploy.simulator.Simulator;
import io.kodedeploy.simulator.SimulatorSettings;
import io.kodedeploy.simulator.wire.Caller;
import io.kodedeploy.simulator.wire.Credential;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.codedeploy.CodeDeployClient;
import software.amazon.awssdk.services.codedeploy.model.CreateDeploymentGroupRequest;
import software.amazon.awssdk.services.codedeploy.model.DeploymentStatus;
import software.amazon.awssdk.services.codedeploy.model.RevisionLocation;
import software.amazon.awssdk.services.codedeploy.model.Tag;
import software.amazon.awssdk.services.codedeploy.model.TagFilter;
import software.amazon.awssdk.services.codedeploy.model.TagFilterType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The real CatchUp of cluster green's namespace shop, against a simulated CodeDeploy over a socket;
 * another cluster, blue, carries deployments out. Only the engine is played.
 */
final class CatchUpRig implements AutoCloseable {
  static final String APPLICATION = "web";
  static final String EVERYWHERE = "test-shop";
  static final String HERE = "test-shop-green";
  private static final Set<DeploymentStatus> ENDED =
      Set.of(DeploymentStatus.SUCCEEDED, DeploymentStatus.FAILED, DeploymentStatus.STOPPED);

  final CodeDeployClient operator;
  final PlayedHost blue;
  final InstallationStore store;
  final List<String> engineCalls = new CopyOnWriteArrayList<>();
  final FakeApiServer cluster = new FakeApiServer();
  Optional<String> pause = Optional.empty();
  Optional<ErrorCode> engineFails = Optional.empty();
  Acceptance acceptance = Acceptance.ANY;
  boolean byService;
  private final Simulator simulator;
  private final Path folder;
  private final KubernetesApi api = cluster.api();
  private final GroupReader reader;
  private GroupSource source;
  private final InstallationListener listener;
  private final HttpClient http = HttpClient.newHttpClient();
  private final List<PlayedHost> closing = new ArrayList<>();
  private final List<CodeDeployCalls> opened = new ArrayList<>();
  private StatusBoard board;

  CatchUpRig(Path folder) throws IOException {
    this.folder = folder;
    simulator =
        Simulator.start(
            SimulatorSettings.onAnyPort()
                .withCredentials(List.of(credential("green"), credential("blue"))));
    operator = client("test", "test");
    reader = new GroupReader(asking(), List.of());
    source = reader;
    store = new InstallationStore(new ConfigMaps(api, "shop"), folder.resolve("state.json"));
    listener =
        new InstallationListener(
            store,
            new DeploymentPaths(folder.resolve("root")),
            Clock.systemUTC(),
            _ -> {},
            () -> {});
    register("green");
    register("blue");
    blue = play("blue");
    operator.createApplication(r -> r.applicationName(APPLICATION));
    group(EVERYWHERE, g -> {}, Map.of("kodedeployenv", "test", "kodedeployns", "shop"));
  }

  private static String arn(String cluster) {
    return "arn:aws:iam::123456789012:user/test-" + cluster + "-shop";
  }

  private static Credential credential(String cluster) {
    return Credential.longLived(
        "AKIA" + cluster,
        "secret-" + cluster,
        new Caller(arn(cluster), "123456789012", "AIDA" + cluster));
  }

  private CodeDeployClient client(String key, String secret) {
    return CodeDeployClient.builder()
        .endpointOverride(simulator.url())
        .region(Region.US_WEST_2)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create(key, secret)))
        .httpClientBuilder(UrlConnectionHttpClient.builder())
        .overrideConfiguration(
            o -> o.retryStrategy(software.amazon.awssdk.core.retry.RetryMode.LEGACY))
        .build();
  }

  /** What the chart makes for the agents of a cluster, with these waves. */
  void boardOf(Map<String, String> waves) {
    var maps = "/api/v1/namespaces/kodedeploy/configmaps/";
    cluster.put(maps + "kodedeploy-waves", FakeApiServer.object("kodedeploy-waves", waves));
    cluster.put(
        maps + "kodedeploy-catch-up", FakeApiServer.object("kodedeploy-catch-up", Map.of()));
    cluster.put(maps + "kodedeploy-groups", FakeApiServer.object("kodedeploy-groups", Map.of()));
    cluster.put(
        "/apis/coordination.k8s.io/v1/namespaces/kodedeploy/leases/kodedeploy-groups",
        FakeApiServer.object("kodedeploy-groups", Map.of()));
  }

  ClusterBoard board(String holder) {
    return new ClusterBoard(api, "kodedeploy", holder, Clock.systemUTC());
  }

  /** From now on this host shares the list of groups. */
  void share(String holder) {
    source =
        new SharedGroups(
            reader, reader, board(holder), new AtomicInteger(), Clock.systemUTC(), _ -> {});
  }

  /** From now on this host asks about the groups that it accepts only. */
  void acceptOnly(String... groups) {
    acceptance = new Acceptance(true, List.of(), List.of(groups), List.of());
    source = new GroupReader(asking(), acceptance.groupNames());
  }

  /** Calls of the host, as often as it likes. */
  CodeDeployCalls asking() {
    var calls =
        new CodeDeployCalls(
            () -> client("AKIAgreen", "secret-green"),
            new CallBudget(1000, System::nanoTime, Thread::sleep));
    opened.add(calls);
    return calls;
  }

  /** Starts to play a cluster's host. */
  PlayedHost play(String cluster) throws IOException {
    var config = folder.resolve("codedeployagent-" + cluster + ".yml");
    Files.writeString(
        config,
        "root_dir: %s\ndeploy_control_endpoint: %s\n"
            .formatted(folder.resolve("root-" + cluster), simulator.url()));
    var host = new PlayedHost(config, arn(cluster), "AKIA" + cluster, "secret-" + cluster);
    closing.add(host);
    return host;
  }

  private static String instance(String cluster) {
    return "test-" + cluster + "-shop";
  }

  /** Makes a cluster's instance, with its tags. */
  void register(String cluster) {
    operator.registerOnPremisesInstance(
        r -> r.instanceName(instance(cluster)).iamUserArn(arn(cluster)));
    tag(cluster, "kodedeployenv", "test");
    tag(cluster, "kodedeploycluster", cluster);
    tag(cluster, "kodedeployns", "shop");
  }

  void tag(String cluster, String key, String value) {
    operator.addTagsToOnPremisesInstances(
        r -> r.instanceNames(instance(cluster)).tags(Tag.builder().key(key).value(value).build()));
  }

  void untag(String cluster, String key, String value) {
    operator.removeTagsFromOnPremisesInstances(
        r -> r.instanceNames(instance(cluster)).tags(Tag.builder().key(key).value(value).build()));
  }

  void deregister(String cluster) {
    operator.deregisterOnPremisesInstance(r -> r.instanceName(instance(cluster)));
  }

  /** A group that selects by these tags, all of them. */
  void group(
      String name, Consumer<CreateDeploymentGroupRequest.Builder> more, Map<String, String> tags) {
    operator.createDeploymentGroup(
        r -> {
          r.applicationName(APPLICATION)
              .deploymentGroupName(name)
              .serviceRoleArn("arn:aws:iam::123456789012:role/codedeploy")
              .deploymentConfigName("CodeDeployDefault.AllAtOnce")
              .onPremisesTagSet(s -> s.onPremisesTagSetList(filters(tags)));
          more.accept(r);
        });
  }

  static List<List<TagFilter>> filters(Map<String, String> tags) {
    return tags.entrySet().stream()
        .map(
            tag ->
                List.of(
                    TagFilter.builder()
                        .key(tag.getKey())
                        .value(tag.getValue())
                        .type(TagFilterType.KEY_AND_VALUE)
                        .build()))
        .toList();
  }

  /** Begins a deployment of a revision. */
  String begin(String group, String revision) {
    return operator
        .createDeployment(
            r ->
                r.applicationName(APPLICATION)
                    .deploymentGroupName(group)
                    .revision(revision(revision)))
        .deploymentId();
  }

  static RevisionLocation revision(String name) {
    return RevisionLocation.builder()
        .revisionType("S3")
        .s3Location(l -> l.bucket("bundles").key(name + ".zip").bundleType("zip").eTag(name))
        .build();
  }

  DeploymentStatus awaitEnd(String id) throws InterruptedException {
    io.kodedeploy.namespace.Await.until(
        java.time.Duration.ofSeconds(30),
        () -> id + " never ends",
        () ->
            ENDED.contains(
                operator.getDeployment(r -> r.deploymentId(id)).deploymentInfo().status()));
    return operator.getDeployment(r -> r.deploymentId(id)).deploymentInfo().status();
  }

  /** A deployment that succeeds in the clusters that are there; this one is not yet. */
  String succeedElsewhere(String revision) throws InterruptedException {
    untag("green", "kodedeployns", "shop");
    var id = begin(EVERYWHERE, revision);
    awaitEnd(id);
    tag("green", "kodedeployns", "shop");
    return id;
  }

  /** This host has a deployment's revision. */
  void installed(String deployment, String revision) throws InterruptedException {
    store.load();
    var text = "s3://bundles/" + revision + ".zip#" + revision;
    store.update(
        APPLICATION,
        before ->
            before.with(
                new Installation.Installed(
                    text, deployment, EVERYWHERE, "", Clock.systemUTC().instant())));
  }

  /** An attempt of a deployment failed here. */
  void failed(String deployment, String revision) throws InterruptedException {
    store.load();
    store.update(
        APPLICATION,
        before ->
            before.with(
                new Installation.Attempt(
                    "s3://bundles/" + revision + ".zip#" + revision,
                    deployment,
                    "Install",
                    ErrorCode.APPLY_REFUSED.id(),
                    "the quota is exhausted",
                    Clock.systemUTC().instant())));
  }

  private CommandOutcome engine(DeploymentSpec spec, LifecycleEvent event) {
    engineCalls.add(spec.deploymentId() + " " + event.name());
    var info = new CommandInfo("local-1", event, spec, true);
    if (event.equals(LifecycleEvent.INSTALL)) {
      if (engineFails.isPresent()) {
        var failed =
            CommandOutcome.Failed.of(
                new AgentException(engineFails.get(), "the engine was told to"));
        listener.commandFinished(info, failed);
        return failed;
      }
      store.update(
          spec.applicationName(),
          before ->
              before.with(
                  new Installation.Installed(
                      RevisionIdentity.of(spec.revision()),
                      spec.deploymentId(),
                      spec.deploymentGroupName(),
                      "",
                      Clock.systemUTC().instant())));
    }
    return new CommandOutcome.Succeeded("");
  }

  /** One round, as after a start of the agent. */
  CatchUpLoop.RoundResult round() throws InterruptedException {
    board = new StatusBoard(store, Clock.systemUTC(), _ -> {});
    return new CatchUp(
            source,
            new CatchUp.Self(
                instance("green"),
                HostTags.of("test", "green", "shop"),
                acceptance,
                () -> pause,
                Duration.ofMinutes(15)),
            store,
            board,
            new Bringer(this::engine, listener, board, Clock.systemUTC()),
            new WaveGate(
                Optional.empty(),
                new WaveGate.Settings("shop", Duration.ofMinutes(10), Duration.ofMinutes(45)),
                Clock.systemUTC(),
                Thread::sleep),
            byService
                ? Optional.of(
                    new ServiceBringer(new ServiceDeployer(asking(), instance("green")), board))
                : Optional.empty(),
            Clock.systemUTC())
        .round();
  }

  /** Waits until what the engine reported is recorded. */
  void awaitRecord() throws InterruptedException {
    listener.settle();
  }

  /** What an operator sees of the application; nothing when it is not listed. */
  Optional<ApplicationStatus> status() {
    return board.snapshot().stream()
        .filter(one -> one.application().equals(APPLICATION))
        .findFirst();
  }

  /** The service fails an operation from now on. */
  void fail(String operation) throws IOException, InterruptedException {
    var fault =
        JsonMapper.shared()
            .createObjectNode()
            .put("service", "codedeploy")
            .put("operation", operation)
            .put("kind", "error")
            .put("count", 100);
    var answer =
        http.send(
            HttpRequest.newBuilder(simulator.url().resolve("/_simulator/faults"))
                .POST(HttpRequest.BodyPublishers.ofString(fault.toString()))
                .build(),
            BodyHandlers.ofString());
    if (answer.statusCode() >= 300) {
      throw new IllegalStateException(answer.body());
    }
  }

  /** Calls to CodeDeploy that this host made. */
  List<String> calls() throws IOException, InterruptedException {
    var uri = simulator.url().resolve("/_simulator/requests?service=codedeploy&operation=");
    var answer = http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    var calls = new ArrayList<String>();
    for (JsonNode request : JsonMapper.shared().readTree(answer.body())) {
      if (request.path("caller").asString("").equals(arn("green"))) {
        calls.add(request.path("operation").asString(""));
      }
    }
    return calls;
  }

  URI url() {
    return simulator.url();
  }

  @Override
  public void close() {
    closing.forEach(PlayedHost::close);
    listener.close();
    opened.forEach(CodeDeployCalls::close);
    operator.close();
    api.close();
    cluster.close();
    http.close();
    simulator.close();
  }
}
