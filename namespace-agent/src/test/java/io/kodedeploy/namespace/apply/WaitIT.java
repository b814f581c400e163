package io.kodedeploy.namespace.apply;

import static io.kodedeploy.namespace.apply.ApplyRig.DEPLOYMENT;
import static io.kodedeploy.namespace.apply.ApplyRig.SETTINGS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.namespace.Await;
import io.kodedeploy.namespace.RealKubernetes;
import io.kodedeploy.namespace.run.PlayedKubelet;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** How the wait for readiness ends, and what it says. A test plays the kubelet. */
@ExtendWith(RealKubernetes.Extension.class)
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class WaitIT {
  private static final String ONE_REPLICA = DEPLOYMENT.formatted(1);
  @TempDir Path folder;
  private ApplyRig rig;
  private String namespace;
  private PlayedKubelet kubelet;

  @BeforeEach
  void namespaceOfItsOwn(RealKubernetes shared) throws Exception {
    rig = new ApplyRig(shared, folder);
    namespace = rig.namespace;
    kubelet = new PlayedKubelet(rig.api);
  }

  @AfterEach
  void closeClient() throws Exception {
    kubelet.remove();
    rig.close();
  }

  /** What the kubelet says about the one pod of the Deployment, as soon as there is one. */
  private void podSays(String container) {
    podSays(container, pod -> {});
  }

  private interface Deed {
    void of(JsonNode pod) throws InterruptedException;
  }

  private void podSays(String container, Deed before) {
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                var pod = kubelet.labelled(namespace, "app=web");
                kubelet.bind(pod);
                before.of(pod);
                kubelet.status(
                    pod,
                    "{\"containerStatuses\":[{\"name\":\"web\",\"image\":\"a\",\"imageID\":\"\",\"ready\":false,\"restartCount\":1,"
                        + container
                        + "}]}");
              } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
              }
            });
  }

  @Test
  void returnsWhenEverythingIsReady() throws Exception {
    podSays(
        "\"state\":{\"running\":{}}",
        pod ->
            kubelet.status(
                pod,
                "{\"phase\":\"Running\",\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}"));

    var log = rig.run("web", ", wait: 60s", SETTINGS, ONE_REPLICA);

    assertThat(log)
        .contains("waiting for Deployment/" + namespace + "/web: ")
        .contains("2 objects are ready after ");
  }

  @Test
  void unschedulablePodIsExplained() {
    assertThatThrownBy(() -> rig.run("web", ", wait: 3s", ONE_REPLICA))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_READY))
        .hasMessageStartingWith("1 of 1 objects are not ready after 3 s:\n")
        .hasMessageContaining("Deployment/" + namespace + "/web: 0 of 1 pods are available")
        .hasMessageContaining("pod web-")
        .hasMessageContaining("Unschedulable: 0/");
  }

  @Test
  void imagePullFailureIsExplained() {
    podSays(
        "\"state\":{\"waiting\":{\"reason\":\"ImagePullBackOff\",\"message\":\"Back-off pulling"
            + " image example.invalid/web:1\"}}");

    assertThatThrownBy(() -> rig.run("web", ", wait: 6s", ONE_REPLICA))
        .hasMessageContaining(
            "container web: ImagePullBackOff: Back-off pulling image example.invalid/web:1");
  }

  @Test
  void imageThatCanNeverStartEndsTheWait() {
    podSays(
        "\"state\":{\"waiting\":{\"reason\":\"ErrImageNeverPull\",\"message\":\"not present\"}}");

    assertThatThrownBy(() -> rig.run("web", ", wait: 50m", ONE_REPLICA))
        .hasMessageContaining("cannot become so")
        .hasMessageContaining("web: its pods cannot start: ErrImageNeverPull")
        .hasMessageContaining("container web: ErrImageNeverPull: not present");
  }

  @Test
  void crashLoopComesWithExitCodeAndTheLastLinesOfItsLog() {
    podSays(
        "\"state\":{\"waiting\":{\"reason\":\"CrashLoopBackOff\",\"message\":\"back-off 10s\"}},"
            + "\"lastState\":{\"terminated\":{\"exitCode\":3}}",
        pod -> {
          kubelet.print(pod, "cannot reach the database");
          kubelet.endLog(pod);
        });

    assertThatThrownBy(() -> rig.run("web", ", wait: 6s", ONE_REPLICA))
        .hasMessageContaining("container web: CrashLoopBackOff: back-off 10s, last exit code 3\n")
        .hasMessageContaining("cannot reach the database");
  }

  @Test
  void failingProbeIsExplained() {
    podSays(
        "\"state\":{\"running\":{}}",
        pod -> {
          kubelet.endLog(pod);
          var event =
              """
              {"apiVersion":"v1","kind":"Event","metadata":{"generateName":"probe-"},"type":"Warning",
               "reason":"Unhealthy","message":"Readiness probe failed: HTTP 503",
               "involvedObject":{"kind":"Pod","namespace":"%s","name":"%s"}}
              """
                  .formatted(namespace, pod.at("/metadata/name").asString());
          rig.api
              .post(
                  "/api/v1/namespaces/" + namespace + "/events",
                  JsonMapper.shared().readTree(event))
              .orThrow("write an Event");
        });

    assertThatThrownBy(() -> rig.run("web", ", wait: 6s", ONE_REPLICA))
        .hasMessageContaining(
            "container web: runs, but is not ready: Readiness probe failed: HTTP 503");
  }

  @Test
  void quotaSpeaksForItself() throws Exception {
    rig.kubernetes.kubectl("create", "quota", "small", "--hard=pods=0", "-n", namespace);
    Await.until(
        Duration.ofSeconds(20),
        () -> "no status of the quota",
        () -> rig.get("quota", "small", "-o", "jsonpath={.status.hard.pods}").equals("0"));

    assertThatThrownBy(() -> rig.run("web", ", wait: 4s", ONE_REPLICA))
        .hasMessageContaining("no pod can be made: pods \"web-")
        .hasMessageContaining("exceeded quota: small, requested: pods=1, used: pods=0, limited:");
  }

  @Test
  void endsAtOnceWhenOneObjectCannotBecomeReady() {
    var job =
        """
        apiVersion: batch/v1
        kind: Job
        metadata: {name: once}
        spec:
          activeDeadlineSeconds: 1
          template: {spec: {restartPolicy: Never, containers: [{name: a, image: example.invalid/a}]}}
        """;

    assertThatThrownBy(() -> rig.run("web", ", wait: 50m", job, ONE_REPLICA))
        .hasMessageContaining("2 of 2 objects are not ready and cannot become so")
        .hasMessageContaining("Job/" + namespace + "/once: DeadlineExceeded")
        .hasMessageContaining("Deployment/" + namespace + "/web: 0 of 1 pods");
  }

  @Test
  void stopsWaitingWhenANewerDeploymentOfTheApplicationComes() throws Exception {
    var own = ApplyRig.spec(ApplyRig.Bundle.of("web", ""), 1);
    var other = ApplyRig.spec(ApplyRig.Bundle.of("shop", ""), 7);
    var newer = ApplyRig.spec(ApplyRig.Bundle.of("web", ""), 8);
    var listener = rig.step.listener();
    listener.deploymentArrived(own);
    rig.onChange(
        change -> {
          listener.deploymentArrived(own);
          listener.deploymentArrived(other);
          listener.deploymentArrived(newer);
        });

    assertThatThrownBy(() -> rig.run("web", ", wait: 50m", SETTINGS, ONE_REPLICA))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SUPERSEDED))
        .hasMessageContaining("a newer deployment of this application has come")
        .hasMessageContaining("Deployment/" + namespace + "/web");
  }

  @Test
  void deploymentsOfOtherApplicationsAndFurtherCommandsOfItsOwnDoNotEndAWait() {
    var own = ApplyRig.spec(ApplyRig.Bundle.of("web", ""), 1);
    var other = ApplyRig.spec(ApplyRig.Bundle.of("shop", ""), 7);
    var listener = rig.step.listener();
    listener.deploymentArrived(own);
    rig.onChange(
        change -> {
          listener.deploymentArrived(own);
          listener.deploymentArrived(other);
        });

    assertThatThrownBy(() -> rig.run("web", ", wait: 2s", ONE_REPLICA))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_READY));
  }
}
