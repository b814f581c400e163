package io.kodedeploy.namespace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.codedeploy.model.DeploymentStatus;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The chart by the real helm on a real Kubernetes, and an agent that has its rights only. */
@ExtendWith(RealKubernetes.Extension.class)
class ChartIT {
  private static final String APPSPEC =
      """
      version: 0.0
      os: linux
      kodedeploy:
        apply: [{path: deploy, prune: true}]
      hooks: {AfterInstall: [{location: after.sh}]}
      """;
  private static final String SETTINGS =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: settings}
      data: {colour: blue}
      """;

  private static final String BASE =
      "environment=test,cluster=green,namespaceAgent.namespaces[0].name=shop,";

  @TempDir Path folder;
  private final SimulatedAws aws = new SimulatedAws();
  private RealKubernetes kubernetes;
  private String namespace;
  private InstalledChart chart;

  @BeforeEach
  void installed(RealKubernetes shared) throws Exception {
    kubernetes = shared;
    namespace = shared.newNamespace();
    aws.registerHost(namespace);
    aws.createApplication("web", namespace);
    chart = new InstalledChart(shared, Files.createDirectory(folder.resolve("helm")), namespace);
    chart.install();
  }

  @AfterEach
  void end() {
    chart.close();
    aws.close();
  }

  private AgentProcess agent(String pod) throws Exception {
    var agent = AgentProcess.installed(folder, aws, kubernetes, namespace, pod);
    agent.start();
    return agent.started();
  }

  @Test
  void twoAccountsAreEnoughForADeploymentItsHooksAndItsEvents() throws Exception {
    var pod = chart.awaitPod();
    var kubectl = Path.of(System.getenv("KUBEBUILDER_ASSETS"), "kubectl");
    var hook = "#!/bin/sh\n" + kubectl + " auth whoami -o jsonpath='{.status.userInfo.username}'\n";
    try (var agent = agent(pod)) {
      var deployment =
          aws.deploy(
              "web",
              namespace,
              Map.of("appspec.yml", APPSPEC, "deploy/app.yaml", SETTINGS, "after.sh", hook));

      assertThat(aws.awaitEnd(deployment).status())
          .as(() -> aws.target(deployment).toString())
          .isEqualTo(DeploymentStatus.SUCCEEDED);
      assertThat(chart.kubectl("get", "configmap", "settings", "-o", "jsonpath={.data.colour}"))
          .isEqualTo("blue");
      assertThat(scriptLog(deployment)).contains(account("kodedeploy-apply"));
      Await.until(
          Duration.ofSeconds(20),
          () -> chart.kubectl("get", "events"),
          () ->
              chart
                  .kubectl("get", "events", "--field-selector=involvedObject.kind=Deployment")
                  .contains("DeploymentSucceeded"));
      assertThat(agent.get("/health/ready")).startsWith("200");
      assertThat(agent.get("/metrics")).containsPattern("kodedeploy_leader\\{[^}]*\\} 1");
      assertThat(agent.terminate()).isZero();
    }
    assertThat(calls("kodedeploy-agent"))
        .isNotEmpty()
        .allSatisfy(
            call -> {
              assertThat(call.path("responseStatus").path("code").asInt()).isNotIn(401, 403);
              assertThat(resource(call))
                  .isIn("configmaps", "leases", "events", "serviceaccounts/token", "namespaces");
            });
    assertThat(calls("kodedeploy-apply"))
        .anySatisfy(call -> assertThat(call.path("verb").asString()).isEqualTo("patch"))
        .allSatisfy(
            call -> assertThat(call.path("responseStatus").path("code").asInt()).isNotEqualTo(403));
    assertThat(
            chart.kubectl(
                "get", "lease", "kodedeploy-agent", "-o", "jsonpath={.spec.holderIdentity}"))
        .as("given back")
        .isEmpty();
  }

  @Test
  void whileACommandRunsThePodAsksNotToBeEvicted() throws Exception {
    var pod = chart.awaitPod();
    var hook = "#!/bin/sh\nwhile [ ! -e %s/go ]; do sleep 0.1; done\n".formatted(folder);
    try (var _ = agent(pod)) {
      var deployment =
          aws.deploy(
              "web",
              namespace,
              Map.of("appspec.yml", APPSPEC, "deploy/app.yaml", SETTINGS, "after.sh", hook));

      Await.until(
          Duration.ofSeconds(30),
          () -> annotations(pod),
          () ->
              annotations(pod)
                  .contains("\"cluster-autoscaler.kubernetes.io/safe-to-evict\":\"false\""));
      assertThat(annotations(pod)).contains("\"karpenter.sh/do-not-disrupt\":\"true\"");
      Files.createFile(folder.resolve("go"));
      assertThat(aws.awaitEnd(deployment).status()).isEqualTo(DeploymentStatus.SUCCEEDED);
    }
  }

  private String annotations(String pod) {
    return chart.kubectl("get", "pod", pod, "-o", "jsonpath={.metadata.annotations}");
  }

  @Test
  void upgradesFromThePreviousVersionAndLeavesNothingButRecordsBehind() throws Exception {
    chart.uninstall();
    var previous = Path.of("src", "test", "resources", "charts", "kodedeploy-0.1.0.tgz");
    chart.install(previous.toAbsolutePath(), chart.namespaceValues(""));
    var before = chart.awaitPod();

    chart.install();

    Await.until(
        Duration.ofSeconds(30),
        () -> "pods: " + chart.pods(),
        () -> chart.pods().size() == 1 && !chart.pods().contains(before));
    assertThat(
            chart.kubectl("get", "rolebinding", "kodedeploy-apply", "-o", "jsonpath={.subjects}"))
        .contains("\"name\":\"kodedeploy-apply\"")
        .doesNotContain("kodedeploy-agent");
    chart.uninstall();
    Await.until(Duration.ofSeconds(30), () -> "left: " + left(), () -> left().isEmpty());
  }

  /** What a release made and an uninstall did not take away. */
  private String left() {
    return chart.kubectl(
        "get",
        "deployments,replicasets,pods,services,configmaps,secrets,serviceaccounts,roles,rolebindings,"
            + "networkpolicies,poddisruptionbudgets",
        "-l",
        "app.kubernetes.io/part-of=kodedeploy",
        "-o",
        "name");
  }

  @Test
  void everySwitchOfTheChartIsTakenByTheApiServer() throws Exception {
    for (var kind : List.of("ServiceMonitor", "PrometheusRule")) {
      kubernetes.apply("test", definition(kind));
      kubernetes.kubectl(
          "wait",
          "crd/" + kind.toLowerCase(Locale.ROOT) + "s.monitoring.coreos.com",
          "--for=condition=Established");
    }

    chart.install(
        Helm.chart(),
        chart.namespaceValues("replicas: 2\n")
            + """
            metrics:
              from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}}]
              serviceMonitor: {enabled: true}
              rules: {enabled: true}
            """);

    Await.until(
        Duration.ofSeconds(30),
        () -> "admitted pods: " + chart.pods(),
        () -> chart.pods().size() == 2);
    assertThat(chart.kubectl("get", "prometheusrule", "kodedeploy", "-o", "yaml"))
        .contains("runbook_url: docs/runbooks/behind.md");
    assertThat(
            chart.kubectl("get", "servicemonitor,pdb,networkpolicy,service", "-o", "name").lines())
        .hasSize(4);
    assertThat(chart.kubectl("get", "configmap", "kodedeploy-agent", "-o", "yaml"))
        .contains("lease.mode: standby");
  }

  private static String definition(String kind) {
    var plural = kind.toLowerCase(Locale.ROOT) + "s";
    return """
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata: {name: %1$s.monitoring.coreos.com}
    spec:
      group: monitoring.coreos.com
      scope: Namespaced
      names: {plural: %1$s, singular: %2$s, kind: %3$s}
      versions:
        - name: v1
          served: true
          storage: true
          schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
    """
        .formatted(plural, kind.toLowerCase(Locale.ROOT), kind);
  }

  @Test
  void aKeyThatTheChartDoesNotKnowIsRefusedByItsName() {
    for (var wrong :
        List.of(
            "namespaceAgent.replica=2",
            "namespaceAgent.replicas=3",
            "namespaceAgent.terminationGracePeriodSeconds=10",
            "namespaceAgent.namespaces[0].identity=x",
            "metrics.rules.enable=true")) {
      assertThatThrownBy(
              () ->
                  chart.helm().run("template", "x", Helm.chart().toString(), "--set", BASE + wrong))
          .as(wrong)
          .hasMessageContaining("values don't meet the specifications of the schema");
    }
  }

  @Test
  void theOriginalsSecretAndConfigMapAreMountedWhereItsAgentLooked() {
    var pod =
        chart
            .helm()
            .run(
                "template",
                "x",
                Helm.chart().toString(),
                "--show-only=templates/namespace-agent/deployment.yaml",
                "--set",
                BASE + "namespaceAgent.namespaces[0].existingConfigMap=opt-codedeploy-agent-conf");

    assertThat(pod)
        .contains("mountPath: /etc/codedeploy-agent/conf")
        .containsPattern("secret:\\s+name: etc-codedeploy-agent-conf")
        .containsPattern("configMap:\\s+name: opt-codedeploy-agent-conf")
        .contains("terminationGracePeriodSeconds: 600");
    assertThat(chart.kubectl("get", "configmap", "kodedeploy-agent", "-o", "yaml"))
        .contains("stop.limit: 570s", "kill_agent_max_wait_time_seconds: 570");
  }

  private String scriptLog(String deployment) throws Exception {
    try (var files = Files.walk(folder.resolve("root"))) {
      var log =
          files
              .filter(file -> file.toString().contains(deployment))
              .filter(file -> file.endsWith("scripts.log"))
              .findFirst();
      return Files.readString(log.orElseThrow());
    }
  }

  private String account(String name) {
    return "system:serviceaccount:" + namespace + ":" + name;
  }

  private static String resource(JsonNode call) {
    var object = call.path("objectRef");
    var sub = object.path("subresource").asString("");
    return object.path("resource").asString("") + (sub.isEmpty() ? "" : "/" + sub);
  }

  /** What an account asked of the API server about objects. */
  private List<JsonNode> calls(String name) throws Exception {
    var calls = new ArrayList<JsonNode>();
    for (var line : Files.readAllLines(kubernetes.audit())) {
      if (line.contains(account(name))) {
        var call = JsonMapper.shared().readTree(line);
        if (call.path("user").path("username").asString("").equals(account(name))
            && call.path("objectRef").path("namespace").asString("").equals(namespace)) {
          calls.add(call);
        }
      }
    }
    return calls;
  }
}
