package io.kodedeploy.namespace.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.namespace.manifest.Protection;
import io.kodedeploy.namespace.run.JobRequest.Mount;
import io.kodedeploy.namespace.run.JobRequest.Purpose;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class JobManifestTest {
  private static final RunSettings SETTINGS =
      new RunSettings(
          "shop",
          Optional.of("agent:1"),
          "Never",
          List.of("registry"),
          "kodedeploy-apply",
          List.of(),
          "agent",
          "127.0.0.1",
          8081,
          List.of(Path.of("/deploy")),
          Protection.BUILT_IN);

  private static JobRequest request(Workload workload, List<Path> trees, List<Mount> mounts) {
    return new JobRequest(
        "job-1",
        Purpose.STEP,
        "d-1",
        "AfterInstall",
        workload,
        Duration.ofSeconds(90),
        trees,
        mounts);
  }

  private static JsonNode job(Workload workload) {
    var request = request(workload, List.of(Path.of("/a")), List.of(new Mount(0, "", "/a", false)));
    return JobManifest.job(request, SETTINGS, "agent:1", "https://agent:8081/bundles/job-1");
  }

  private static JsonNode pod(JsonNode job) {
    return job.path("spec").path("template").path("spec");
  }

  @Test
  void endsByItsDeadlineAndIsNeverRepeated() {
    var spec = job(Workload.of("image", List.of(), List.of())).path("spec");

    assertThat(spec.path("activeDeadlineSeconds").asInt()).isEqualTo(90);
    assertThat(spec.path("backoffLimit").asInt(-1)).isZero();
    assertThat(spec.path("suspend").asBoolean()).isTrue();
    assertThat(
            pod(job(Workload.of("image", List.of(), List.of()))).path("restartPolicy").asString())
        .isEqualTo("Never");
  }

  @Test
  void passesTheRestrictedPodSecurityStandard() {
    var pod = pod(job(Workload.of("image", List.of(), List.of())));

    assertThat(pod.path("securityContext").path("runAsNonRoot").asBoolean()).isTrue();
    assertThat(pod.path("securityContext").path("runAsUser").asInt()).isEqualTo(65532);
    assertThat(pod.at("/securityContext/seccompProfile/type").asString())
        .isEqualTo("RuntimeDefault");
    for (var list : List.of("initContainers", "containers")) {
      var security = pod.path(list).path(0).path("securityContext");
      assertThat(security.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
      assertThat(security.at("/capabilities/drop/0").asString()).isEqualTo("ALL");
    }
  }

  @Test
  void runsUnderTheApplyAccountUnlessAnotherIsNamed() {
    var pod = pod(job(Workload.of("image", List.of(), List.of())));

    assertThat(pod.path("serviceAccountName").asString()).isEqualTo("kodedeploy-apply");
  }

  @Test
  void keepsTheTokenOfTheBundleFromTheCommand() {
    var pod = pod(job(Workload.of("image", List.of(), List.of())));

    assertThat(pod.at("/initContainers/0/volumeMounts").toString()).contains("\"token\"");
    assertThat(pod.at("/containers/0/volumeMounts").toString()).doesNotContain("\"token\"");
    assertThat(pod.at("/containers/0/volumeMounts/1").toString())
        .isEqualTo(
            "{\"name\":\"files\",\"mountPath\":\"/a\",\"subPath\":\"0\",\"readOnly\":false}");
  }

  @Test
  void givesTheCommandItsWordsAndVariablesVerbatim() {
    var workload =
        Workload.of("image", List.of("sh", "-c", "echo $(date) $$"), List.of())
            .in(Optional.of("/a"), Map.of("PRICE", "$(COST)"));

    var container = pod(job(workload)).at("/containers/0");

    assertThat(container.path("command").toString())
        .isEqualTo("[\"sh\",\"-c\",\"echo $$(date) $$$$\"]");
    assertThat(container.path("env").toString())
        .isEqualTo(
            "[{\"name\":\"HOME\",\"value\":\"/kodedeploy-home\"},"
                + "{\"name\":\"PRICE\",\"value\":\"$$(COST)\"}]");
    assertThat(container.path("workingDir").asString()).isEqualTo("/a");
  }

  @Test
  void needsNoSecretWithoutFiles() {
    var request = request(Workload.of("image", List.of(), List.of()), List.of(), List.of());

    var pod = pod(JobManifest.job(request, SETTINGS, "agent:1", ""));

    assertThat(pod.has("initContainers")).isFalse();
    assertThat(pod.path("volumes").toString()).isEqualTo("[{\"name\":\"home\",\"emptyDir\":{}}]");
  }

  @Test
  void letsItsSecretGoWithTheJob() {
    var request = request(Workload.of("image", List.of(), List.of()), List.of(), List.of());

    var secret = JobManifest.secret(request, "uid-1", "t", "c");

    assertThat(secret.at("/metadata/ownerReferences/0/uid").asString()).isEqualTo("uid-1");
    assertThat(secret.at("/metadata/labels/kodedeploy.io~1deployment").asString()).isEqualTo("d-1");
  }

  @Test
  void namesTheJobOfAnEntryTheSameAfterARestart() {
    assertThat(JobRequest.stepName("d-1", "Install", 0))
        .isEqualTo(JobRequest.stepName("d-1", "Install", 0))
        .isNotEqualTo(JobRequest.stepName("d-1", "Install", 1))
        .hasSizeLessThan(63);
  }
}
