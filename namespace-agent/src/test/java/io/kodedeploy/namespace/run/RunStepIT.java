package io.kodedeploy.namespace.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.core.command.CommandInfo;
import io.kodedeploy.core.command.LifecycleEvent;
import io.kodedeploy.core.command.StepContext;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.hook.ScriptLog;
import io.kodedeploy.core.spec.AppSpecReader;
import io.kodedeploy.core.spec.BundleType;
import io.kodedeploy.core.spec.DeploymentSpec;
import io.kodedeploy.core.spec.FileExistsBehavior;
import io.kodedeploy.core.spec.Revision;
import io.kodedeploy.core.store.DeploymentPaths;
import io.kodedeploy.namespace.Await;
import io.kodedeploy.namespace.RealKubernetes;
import io.kodedeploy.namespace.cluster.KubernetesApi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The step against a real API server with its Job controller, garbage collector and pod security;
 * the test plays the kubelet.
 */
@ExtendWith(RealKubernetes.Extension.class)
class RunStepIT {
  private static final String DEPLOYMENT = "d-1";
  private static final String EVENT = "AfterInstall";
  private static final String JOB = JobRequest.stepName(DEPLOYMENT, EVENT, 0);
  static final DeploymentSpec SPEC =
      new DeploymentSpec(
          DEPLOYMENT,
          "group-1",
          "test-shop",
          "web",
          "user",
          "IN_PLACE",
          "appspec.yml",
          FileExistsBehavior.DISALLOW,
          List.of(),
          Optional.empty(),
          new Revision.S3("b", "k", BundleType.ZIP, Optional.empty(), Optional.empty()),
          Optional.empty());

  @TempDir Path folder;
  private RealKubernetes kubernetes;
  private JobBed bed;
  private String namespace;
  private KubernetesApi api;
  private PlayedKubelet kubelet;
  private final AtomicBoolean killed = new AtomicBoolean();
  private final List<RunStep> steps = new ArrayList<>();
  private final List<BundleServer> servers = new ArrayList<>();
  private ScriptLog log;
  private StepContext context;

  @BeforeEach
  void restrictedNamespaceAndNode(RealKubernetes shared) throws Exception {
    kubernetes = shared;
    bed = new JobBed(shared);
    namespace = bed.namespace;
    api = bed.api;
    kubelet = bed.kubelet;
  }

  @AfterEach
  void close() throws Exception {
    steps.forEach(RunStep::close);
    servers.forEach(BundleServer::close);
    bed.close();
    log.close();
  }

  private RunStep step() {
    var settings = bed.settings();
    var bundles = new BundleServer(settings);
    servers.add(bundles);
    var step =
        new RunStep(
            api,
            settings,
            bundles,
            new DeploymentPaths(folder),
            folder.resolve("socket"),
            Clock.systemUTC(),
            pause -> {
              if (killed.get()) {
                throw new IllegalStateException("killed");
              }
              Thread.sleep(Math.min(pause.toMillis(), 50));
            });
    steps.add(step);
    return step;
  }

  /** Begins the step on a thread of its own. */
  private CompletableFuture<Void> begin(RunStep step, String entry) throws IOException {
    prepare(entry);
    assertThat(step.hasWork(LifecycleEvent.of(EVENT), context)).isTrue();
    return go(step);
  }

  private void prepare(String entry) throws IOException {
    var deployment = folder.resolve("group-1/d-1");
    var archive = Files.createDirectories(deployment.resolve("deployment-archive"));
    Files.writeString(archive.resolve("helmfile.yaml"), "releases: []\n");
    var text =
        "version: 0.0\nos: linux\nkodedeploy:\n  run:\n  - {event: AfterInstall, image: tool, "
            + entry
            + "}\n";
    var appSpec = AppSpecReader.read(archive.resolve("appspec.yml"), text.getBytes(UTF_8));
    log = ScriptLog.of(deployment, DEPLOYMENT, Optional.empty(), Clock.systemUTC());
    context = new StepContext(SPEC, Optional.of(appSpec), deployment, archive, log);
  }

  private CompletableFuture<Void> go(RunStep step) {
    var done = new CompletableFuture<Void>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                step.run(LifecycleEvent.of(EVENT), context);
                done.complete(null);
              } catch (InterruptedException | RuntimeException e) {
                done.completeExceptionally(e);
              }
            });
    return done;
  }

  private static void await(CompletableFuture<Void> done) throws Exception {
    try {
      done.get(60, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  private static void awaitFailure(CompletableFuture<Void> done, ErrorCode code, String message) {
    assertThatThrownBy(() -> await(done))
        .isInstanceOfSatisfying(AgentException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageStartingWith("appspec.yml:5: kodedeploy.run[0]: image tool: ")
        .hasMessageContaining(message);
  }

  private JsonNode boundPod() throws InterruptedException {
    var pod = kubelet.pod(namespace, JOB);
    kubelet.bind(pod);
    return pod;
  }

  private String url(JsonNode pod) {
    return pod.at("/spec/initContainers/0/command/1").asString();
  }

  private String left() {
    return kubernetes.kubectl(
        "get", "jobs,pods,secrets", "-n", namespace, "-l", "kodedeploy.io/run", "-o", "name");
  }

  private void settle(RunStep step) {
    step.listener().commandSettled(new CommandInfo("c-1", LifecycleEvent.of(EVENT), SPEC, false));
  }

  private void awaitLine(String line) throws InterruptedException {
    Await.until(Duration.ofSeconds(20), () -> log.tail(), () -> log.tail().contains(line));
  }

  @Test
  void runsTheCommandWithTheBundleAndLeavesNothingBehind() throws Exception {
    var step = step();
    var done = begin(step, "command: helmfile apply, timeout: 1m");
    var pod = boundPod();

    kubelet.fetch(pod, url(pod), folder);
    kubelet.running(pod);
    kubelet.print(pod, "upgrading release");
    awaitLine("[stdout]upgrading release"); // while it runs
    assertThat(done).isNotDone();
    kubelet.print(pod, "done");
    kubelet.ended(pod, 0, "Completed");
    await(done);
    settle(step);

    assertThat(folder.resolve("fetched/0/helmfile.yaml")).hasContent("releases: []");
    assertThat(log.tail()).contains("[stdout]done").contains("ended with exit code 0");
    Await.until(Duration.ofSeconds(30), this::left, () -> left().isEmpty());
  }

  @Test
  void takesTheLogUpAgainWhereItBrokeOff() throws Exception {
    var done = begin(step(), "command: a");
    var pod = boundPod();
    kubelet.running(pod);
    kubelet.print(pod, "one");
    awaitLine("[stdout]one");

    kubelet.cutLog(pod);
    kubelet.print(pod, "two");
    awaitLine("[stdout]two");
    kubelet.ended(pod, 0, "Completed");
    await(done);

    assertThat(log.tail().lines().filter(line -> line.startsWith("[stdout]")))
        .containsExactly("[stdout]one", "[stdout]two");
  }

  @Test
  void reportsTheExitCode() throws Exception {
    var done = begin(step(), "command: [false]");
    var pod = boundPod();

    kubelet.running(pod);
    kubelet.ended(pod, 3, "Error");

    awaitFailure(done, ErrorCode.RUN_FAILED, "exit code 3");
  }

  @Test
  void endsAnImageThatCannotComeLongBeforeTheDeadline() throws Exception {
    var done = begin(step(), "timeout: 50m");
    var pod = boundPod();

    kubelet.status(
        pod,
        """
        {"containerStatuses":[{"name":"run","image":"a","imageID":"","ready":false,"restartCount":0,
         "state":{"waiting":{"reason":"InvalidImageName","message":"no such name"}}}]}
        """);

    awaitFailure(done, ErrorCode.RUN_IMAGE_UNAVAILABLE, "run: InvalidImageName: no such name");
  }

  @Test
  void endsAtItsDeadlineAndSaysWhatItWaitedFor() throws Exception {
    var done = begin(step(), "timeout: 1s");

    awaitFailure(done, ErrorCode.RUN_TIMED_OUT, "timeout of 1 s, waiting: ");
  }

  @Test
  void tellsThatTheJobWasDeletedByAnother() throws Exception {
    var done = begin(step(), "timeout: 1m");
    kubelet.running(boundPod());
    awaitLine("running in pod");

    kubernetes.kubectl("delete", "job", JOB, "-n", namespace, "--wait=false");

    awaitFailure(done, ErrorCode.RUN_EVICTED, "");
  }

  @Test
  void goesOnWithTheJobOfADeadAgentAndReportsItOnce() throws Exception {
    var dead = begin(step(), "command: a");
    var pod = boundPod();
    killed.set(true);
    assertThatThrownBy(() -> await(dead)).hasMessage("killed");
    steps.removeFirst().close();
    servers.removeFirst().close();
    killed.set(false);

    var done = go(step());
    awaitLine("of the agent before this one goes on");
    Await.until(
        Duration.ofSeconds(20),
        () -> log.tail(),
        () -> {
          kubelet.fetch(pod, url(pod), folder);
          return true;
        });
    kubelet.running(pod);
    kubelet.ended(pod, 0, "Completed");
    await(done);
    steps.removeFirst().close();
    servers.removeFirst().close();
    await(go(step())); // dead again, before the report: the result is taken over

    assertThat(folder.resolve("fetched/0/helmfile.yaml")).exists();
    assertThat(kubernetes.kubectl("get", "jobs", "-n", namespace, "-o", "name").lines())
        .containsExactly("job.batch/" + JOB);
  }

  @Test
  void runsAnEventThatIsTriedAgainAnew() throws Exception {
    var step = step();
    var first = begin(step, "command: a");
    var failing = boundPod();
    kubelet.ended(failing, 1, "Error");
    awaitFailure(first, ErrorCode.RUN_FAILED, "exit code 1");

    var second = go(step);
    Await.until(
        Duration.ofSeconds(20),
        this::left,
        () ->
            !kubelet.pod(namespace, JOB).at("/metadata/name").equals(failing.at("/metadata/name")));
    var pod = boundPod();
    kubelet.ended(pod, 0, "Completed");

    await(second);
  }

  @Test
  void deletesTheJobOfACancelledCommand() throws Exception {
    prepare("timeout: 1m");
    var step = step();
    var thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    step.run(LifecycleEvent.of(EVENT), context);
                  } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                  }
                });
    kubelet.pod(namespace, JOB);

    thread.interrupt();
    thread.join();

    Await.until(Duration.ofSeconds(30), this::left, () -> left().isEmpty());
  }

  /** The docker of a script, as a process of its own. */
  private Process docker(String... words) throws IOException {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                DockerMain.class.getName(),
                "run"));
    command.addAll(List.of(words));
    var builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("docker.out").toFile());
    builder.environment().putAll(steps.getFirst().hookVariables());
    builder.environment().putAll(Map.of("DEPLOYMENT_ID", DEPLOYMENT, "LIFECYCLE_EVENT", EVENT));
    return builder.start();
  }

  private String dockerSays() throws IOException {
    return Files.readString(folder.resolve("docker.out"));
  }

  private JsonNode dockerPod() throws InterruptedException {
    Await.until(
        Duration.ofSeconds(30),
        () -> {
          try {
            return dockerSays();
          } catch (IOException e) {
            return e.toString();
          }
        },
        () -> left().contains("job.batch/"));
    var job =
        left().lines().filter(line -> line.startsWith("job.batch/")).findFirst().orElseThrow();
    var pod = kubelet.pod(namespace, job.substring("job.batch/".length()));
    kubelet.bind(pod);
    return pod;
  }

  private static CommandInfo command() {
    return new CommandInfo("c-1", LifecycleEvent.of(EVENT), SPEC, false);
  }

  @Test
  void runsTheDockerRunOfAScriptAsAJob() throws Exception {
    prepare("command: a");
    step().listener().commandStarted(command());
    var archive = context.archive().toString();

    var docker =
        docker("-v", archive + ":" + archive, "-e", "A=b", "--rm", "-w", archive, "tool", "make");
    var pod = dockerPod();
    kubelet.fetch(pod, url(pod), folder);
    kubelet.running(pod);
    kubelet.print(pod, "made");
    kubelet.ended(pod, 7, "Error");

    assertThat(docker.waitFor()).isEqualTo(7);
    assertThat(dockerSays())
        .contains("docker: notice: changes below " + archive + " are not copied back")
        .contains("\nmade\n");
    assertThat(folder.resolve("fetched/0/helmfile.yaml")).exists();
    assertThat(pod.at("/spec/containers/0/workingDir").asString()).isEqualTo(archive);
    steps.getFirst().listener().commandSettled(command());
    Await.until(Duration.ofSeconds(30), this::left, () -> left().isEmpty());
  }

  @Test
  void endsTheJobOfAScriptThatIsKilled() throws Exception {
    prepare("command: a");
    step().listener().commandStarted(command());
    var docker = docker("tool");
    dockerPod();

    docker.destroyForcibly().waitFor();

    // There is no kubelet that would end the pod: it is only asked to.
    Await.until(Duration.ofSeconds(30), this::left, () -> !left().contains("job.batch/"));
  }

  @Test
  void answersNoDockerOutsideOfAnEvent() throws Exception {
    prepare("command: a");
    step().listener().commandStarted(command());
    steps.getFirst().listener().commandSettled(command());

    var docker = docker("tool");

    assertThat(docker.waitFor()).isEqualTo(125);
    assertThat(dockerSays()).contains("no lifecycle event of that DEPLOYMENT_ID runs now");
  }

  @Test
  void handsARefusalOfTheClusterOn() throws Exception {
    kubernetes.kubectl("create", "quota", "none", "--hard=count/jobs.batch=0", "-n", namespace);
    Await.until(
        Duration.ofSeconds(20),
        () -> "no quota",
        () ->
            kubernetes
                .kubectl("get", "quota", "none", "-n", namespace, "-o", "jsonpath={.status.hard}")
                .contains("0"));

    var done = begin(step(), "command: a");

    assertThatThrownBy(() -> await(done))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RUN_REFUSED))
        .hasMessageContaining("exceeded quota: none");
  }
}
