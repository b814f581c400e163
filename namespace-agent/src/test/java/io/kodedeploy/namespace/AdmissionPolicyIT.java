package io.kodedeploy.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The chart's admission policies: what scripts and Jobs of a bundle can no longer do. */
@ExtendWith(RealKubernetes.Extension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AdmissionPolicyIT {
  private static final String REFUSED = "only the agent's own pods may have its account";
  private static final String APPLY = "kodedeploy-apply";

  private Path folder;
  private InstalledChart chart;
  private String namespace;
  private String pod;

  @BeforeAll
  void install(RealKubernetes shared, @TempDir Path own) throws Exception {
    folder = own;
    namespace = shared.newNamespace();
    chart = new InstalledChart(shared, folder, namespace);
    chart.install(Helm.chart(), chart.namespaceValues("admissionPolicy: true\n"));
    // The API server takes a moment to hear of the policies.
    Await.until(
        Duration.ofSeconds(20),
        () -> "not refused: " + asApply("create", "--dry-run=server", "-f", file(agentPod())),
        () -> asApply("create", "--dry-run=server", "-f", file(agentPod())).contains(REFUSED));
    Await.until(
        Duration.ofSeconds(20),
        () -> "not refused",
        () ->
            asApply("label", "configmap", "kodedeploy-agent", "a=b", "--dry-run=server")
                .contains("the agent's own"));
    pod = chart.awaitPod();
  }

  @AfterAll
  void uninstall() {
    chart.close();
  }

  private static String agentPod() {
    return "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: %s}"
        .formatted(podSpec("serviceAccountName: kodedeploy-agent"));
  }

  /** Within the Pod security standard, with a line of its own. */
  private static String podSpec(String line) {
    boolean ofTheContainer = line.startsWith("env");
    return """
    {securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}},
     containers: [{name: a, image: 'example.invalid/a:1', %s
       securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}}], %s}
    """
        .formatted(ofTheContainer ? line + "," : "", ofTheContainer ? "" : line);
  }

  private String file(String manifest) {
    try {
      return Files.writeString(Files.createTempFile(folder, "m", ".yaml"), manifest).toString();
    } catch (java.io.IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What kubectl prints or why it fails. */
  private String kubectl(String... arguments) {
    try {
      return chart.kubectl(arguments);
    } catch (IllegalStateException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** The same as the account that hook scripts and Jobs have. */
  private String asApply(String... arguments) {
    return as(APPLY, arguments);
  }

  private String as(String account, String... arguments) {
    var as = "--as=system:serviceaccount:" + namespace + ":" + account;
    return kubectl(Stream.concat(Stream.of(as), Arrays.stream(arguments)).toArray(String[]::new));
  }

  @Test
  void theAgentsOwnPodsAreMadeAndAnotherOneWhenOneIsDeleted() throws Exception {
    chart.kubectl("delete", "pod", pod, "--force", "--grace-period=0");

    Await.until(
        Duration.ofSeconds(20),
        () -> chart.kubectl("get", "events"),
        () -> chart.pods().stream().anyMatch(name -> !name.equals(pod)));
    pod = chart.pods().getFirst();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          v1 Pod                   | spec: SPEC
          v1 PodTemplate           | template: {metadata: {labels: {a: b}}, spec: SPEC}
          v1 ReplicationController | spec: {template: {metadata: {labels: {a: b}}, spec: SPEC}}
          apps/v1 Deployment       | spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: SPEC}}
          apps/v1 StatefulSet      | spec: {serviceName: a, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: SPEC}}
          apps/v1 DaemonSet        | spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: SPEC}}
          apps/v1 ReplicaSet       | spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: SPEC}}
          batch/v1 Job             | spec: {template: {spec: SPEC}}
          batch/v1 CronJob         | spec: {schedule: '0 0 * * *', jobTemplate: {spec: {template: {spec: SPEC}}}}
          """)
  void nothingElseHasItsAccount(String type, String rest) {
    var words = type.split(" ", -1);
    var manifest =
        "{apiVersion: %s, kind: %s, metadata: {name: kodedeploy-agent-x}, %s}"
            .formatted(words[0], words[1], rest);
    boolean once = words[1].endsWith("Job");
    var own = podSpec(once ? "restartPolicy: Never" : "");
    var agents =
        podSpec("serviceAccountName: kodedeploy-agent" + (once ? ", restartPolicy: Never" : ""));

    assertThat(dryRun(manifest.replace("SPEC", agents))).contains(REFUSED);
    assertThat(dryRun(manifest.replace("SPEC", own))).contains("created");
  }

  private String dryRun(String manifest) {
    return asApply("create", "--dry-run=server", "-f", file(manifest));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "volumes: [{name: v, secret: {secretName: etc-codedeploy-agent-conf}}]",
        "volumes: [{name: v, projected: {sources: [{secret: {name: kodedeploy-identities}}]}}]",
        "envFrom: [{secretRef: {name: etc-codedeploy-agent-conf}}]",
        "env: [{name: A, valueFrom: {secretKeyRef: {name: etc-codedeploy-agent-conf, key: a}}}]"
      })
  void nothingElseHasTheFilesOfItsIdentity(String line) {
    var manifest = "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: %s}";

    assertThat(dryRun(manifest.formatted(podSpec(line)))).contains(REFUSED);
    assertThat(
            dryRun(
                manifest.formatted(
                    podSpec(
                        line.replaceAll("etc-codedeploy-agent-conf|kodedeploy-identities", "b")))))
        .contains("created");
  }

  @Test
  void anOperatorThatMakesAPodForACustomResourceIsRefusedToo() {
    assertThat(kubectl("create", "--dry-run=server", "-f", file(agentPod()))).contains(REFUSED);
  }

  @Test
  void theAgentsPodKeepsItsImageAndTakesTheNoteThatItMustNotBeEvicted() {
    assertThat(asApply("annotate", "pod", pod, "karpenter.sh/do-not-disrupt=true"))
        .contains("annotated");
    assertThat(asApply("set", "image", "pod/" + pod, "namespace-agent=example.invalid/evil:1"))
        .contains(REFUSED);
    assertThat(
            asApply("set", "image", "deploy/kodedeploy-agent", "namespace-agent=example.invalid/b"))
        .contains("KodeDeploy: ");
  }

  @Test
  void itsObjectsAreWrittenByTheAgentAndByTheInstallerOnly() {
    var state = "{apiVersion: v1, kind: ConfigMap, metadata: {name: kodedeploy-state}}";
    var token =
        """
        {apiVersion: v1, kind: Secret, type: kubernetes.io/service-account-token,
         metadata: {name: t, annotations: {kubernetes.io/service-account.name: kodedeploy-agent}}}
        """;

    assertThat(dryRun(state)).contains("the agent's own");
    assertThat(dryRun(token)).contains("no Secret may hold a token of the agent's account");
    assertThat(asApply("delete", "configmap", "kodedeploy-agent", "--dry-run=server"))
        .contains("the agent's own");
    assertThat(asApply("annotate", "sa", "kodedeploy-agent", "a=b")).contains("the agent's own");
    assertThat(as("kodedeploy-agent", "create", "--dry-run=server", "-f", file(state)))
        .contains("created");
    assertThat(dryRun(state.replace("kodedeploy-state", "settings"))).contains("created");
  }
}
