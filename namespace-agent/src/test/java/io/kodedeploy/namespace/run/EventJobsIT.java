package io.kodedeploy.namespace.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.core.command.CommandInfo;
import io.kodedeploy.core.command.LifecycleEvent;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.hook.ScriptLog;
import io.kodedeploy.core.hook.ScriptResult;
import io.kodedeploy.core.hook.Turn;
import io.kodedeploy.core.spec.DeploymentSpec;
import io.kodedeploy.core.spec.Script;
import io.kodedeploy.core.store.DeploymentPaths;
import io.kodedeploy.namespace.Await;
import io.kodedeploy.namespace.RealKubernetes;
import io.kodedeploy.namespace.cluster.KubernetesApi;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code hooks: job} against a real API server, with a played node. */
@ExtendWith(RealKubernetes.Extension.class)
class EventJobsIT {
  private static final String EVENT = "AfterInstall";
  private static final DeploymentSpec SPEC = RunStepIT.SPEC;
  private static final List<Script> SCRIPTS =
      List.of(
          new Script("one.sh", Duration.ofSeconds(30), Optional.empty(), false),
          new Script("two.sh", Duration.ofSeconds(60), Optional.empty(), false));

  @TempDir Path folder;
  private RealKubernetes kubernetes;
  private JobBed bed;
  private String namespace;
  private KubernetesApi api;
  private PlayedKubelet kubelet;
  private RunSettings settings;
  private BundleServer bundles;
  private RunStep step;
  private ScriptLog log;

  @BeforeEach
  void open(RealKubernetes shared) throws Exception {
    kubernetes = shared;
    bed = new JobBed(shared);
    namespace = bed.namespace;
    api = bed.api;
    kubelet = bed.kubelet;
    settings = bed.settings(Path.of("/deploy"));
    bundles = new BundleServer(settings);
    step = step();
    log = ScriptLog.of(folder, SPEC.deploymentId(), Optional.empty(), Clock.systemUTC());
    Files.createDirectories(folder.resolve("archive"));
    Files.writeString(folder.resolve("archive/one.sh"), "#!/bin/sh\n");
  }

  private RunStep step() {
    return new RunStep(
        api,
        settings,
        bundles,
        new DeploymentPaths(folder),
        folder.resolve("socket"),
        Clock.systemUTC(),
        pause -> Thread.sleep(Math.min(pause.toMillis(), 50)));
  }

  @AfterEach
  void close() throws Exception {
    step.close();
    bundles.close();
    bed.close();
    log.close();
  }

  private CompletableFuture<ScriptResult> begin(RunStep one, Turn turn) {
    var done = new CompletableFuture<ScriptResult>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                done.complete(
                    one.scripts()
                        .run(
                            EVENT,
                            SPEC,
                            Optional.empty(),
                            folder.resolve("archive"),
                            SCRIPTS,
                            log,
                            (_, _) -> turn));
              } catch (RuntimeException e) {
                done.completeExceptionally(e);
              }
            });
    return done;
  }

  private JsonNode boundPod() throws InterruptedException {
    var pod = kubelet.labelled(namespace, "kodedeploy.io/run=scripts");
    kubelet.bind(pod);
    return pod;
  }

  private static ScriptResult end(CompletableFuture<ScriptResult> done) throws Exception {
    return done.get(60, TimeUnit.SECONDS);
  }

  private String left() {
    return kubernetes.kubectl(
        "get", "jobs,pods,secrets", "-n", namespace, "-l", "kodedeploy.io/run", "-o", "name");
  }

  @Test
  void allScriptsOfAnEventAreOneJobWithNothingOfTheAgents() throws Exception {
    var done = begin(step, Turn.RUN);
    var pod = boundPod();
    var spec = pod.path("spec");
    var container = spec.at("/containers/0");

    kubelet.fetch(pod, spec.at("/initContainers/0/command/1").asString(), folder);
    kubelet.running(pod);
    for (var line : List.of("S Script - one.sh", "O hello", "E oops", "S Script - two.sh")) {
      kubelet.print(pod, line);
    }
    kubelet.ended(pod, 0, "Completed");

    assertThat(end(done)).isEqualTo(new ScriptResult.Succeeded());
    assertThat(log.tail())
        .containsSubsequence("Script - one.sh", "[stdout]hello", "[stderr]oops", "Script - two.sh");
    assertThat(spec.path("serviceAccountName").asString()).isEqualTo("kodedeploy-apply");
    assertThat(container.path("command").toString())
        .startsWith("[\"kodedeploy-hooks\",\"AfterInstall\"");
    assertThat(container.path("env").toString()).doesNotContain("AWS");
    assertThat(container.path("volumeMounts").toString()).contains("\"/deploy\"");
    assertThat(spec.path("volumes").toString()).doesNotContain("codedeploy-conf", "hostPath");
    assertThat(folder.resolve("fetched/0/one.sh")).exists();

    step.listener().commandSettled(new CommandInfo("c", LifecycleEvent.of(EVENT), SPEC, false));
    Await.until(Duration.ofSeconds(30), this::left, () -> left().isEmpty());
  }

  @Test
  void aScriptThatFailsIsReportedAsOnAnyHost() throws Exception {
    var done = begin(step, Turn.RUN);
    var pod = boundPod();
    kubelet.running(pod);
    kubelet.print(pod, "S Script - two.sh");
    kubelet.print(
        pod, "R {\"code\":\"script-timed-out\",\"script\":\"two.sh\",\"message\":\"too slow\"}");
    kubelet.ended(pod, 1, "Error");

    var failed = (ScriptResult.Failed) end(done);

    assertThat(failed.code()).isEqualTo(ErrorCode.SCRIPT_TIMED_OUT);
    assertThat(failed.script()).isEqualTo("two.sh");
    assertThat(failed.message()).isEqualTo("too slow");
    assertThat(failed.log()).contains("Script - two.sh");
  }

  @Test
  void whatHappensToTheJobIsSaidWithItsOwnCode() throws Exception {
    var done = begin(step, Turn.RUN);
    var pod = boundPod();
    kubelet.running(pod);
    kubelet.ended(pod, 137, "OOMKilled");

    var failed = (ScriptResult.Failed) end(done);

    assertThat(failed.code()).isEqualTo(ErrorCode.RUN_OUT_OF_MEMORY);
    assertThat(failed.script()).isEqualTo("one.sh");
  }

  @Test
  void aRestartedAgentGoesOnWithTheJobThatIsThere() throws Exception {
    var first = begin(step, Turn.RUN);
    var pod = boundPod();
    kubelet.running(pod);
    kubelet.print(pod, "O before the restart");
    Await.until(Duration.ofSeconds(20), log::tail, () -> log.tail().contains("before"));

    var second = step();
    var done = begin(second, Turn.INTERRUPTED);
    Await.until(Duration.ofSeconds(20), log::tail, () -> log.tail().contains("goes on"));
    kubelet.ended(pod, 0, "Completed");

    assertThat(end(done)).isEqualTo(new ScriptResult.Succeeded());
    assertThat(end(first)).isEqualTo(new ScriptResult.Succeeded());
    assertThat(kubernetes.kubectl("get", "jobs", "-n", namespace, "-o", "name").lines()).hasSize(1);
    second.close();
  }

  @Test
  void scriptsThatAreDoneAreNotBegunAgain() throws Exception {
    assertThat(end(begin(step, Turn.SKIP))).isEqualTo(new ScriptResult.Succeeded());

    assertThat(left()).isEmpty();
  }
}
