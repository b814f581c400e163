package io.kodedeploy.namespace;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.namespace.membership.MembershipMain;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.codedeploy.model.DeploymentStatus;
import software.amazon.awssdk.services.iam.IamClient;

/**
 * The packaged agent as a session of its role, by a token of its service account, with the chart's
 * membership Jobs beside it.
 */
@ExtendWith(RealKubernetes.Extension.class)
class SessionIdentityIT {
  private static final String MEMBERSHIP = "test-green.membership";
  private static final String BUNDLE =
      """
      version: 0.0
      os: linux
      kodedeploy: {apply: [{path: deploy}]}
      """;

  @TempDir Path folder;
  private final SimulatedAws aws = new SimulatedAws();
  private final IamClient iam =
      IamClient.builder()
          .endpointOverride(aws.url())
          .region(Region.US_WEST_2)
          .credentialsProvider(
              StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
          .httpClientBuilder(UrlConnectionHttpClient.builder())
          .build();
  private RealKubernetes kubernetes;
  private String namespace;
  private String host;
  private Path token;

  @BeforeEach
  void account(RealKubernetes shared) {
    kubernetes = shared;
    namespace = shared.newNamespace();
    host = "test-green-" + namespace;
    token = folder.resolve("token");
    aws.createApplication("web", namespace);
    createRole(host, "kodedeploy-agent");
    createRole(MEMBERSHIP, "kodedeploy-membership");
  }

  @AfterEach
  void end() {
    iam.close();
    aws.close();
  }

  /** As {@code kode init --oidc-provider} makes it. */
  private void createRole(String name, String serviceAccount) {
    iam.createRole(
        r ->
            r.roleName(name)
                .path("/kodedeploy/")
                .assumeRolePolicyDocument(
                    """
                    {"Statement":{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity",
                     "Principal":{"Federated":"arn:aws:iam::123456789012:oidc-provider/issuer.test"},
                     "Condition":{"StringEquals":{"sts:RoleSessionName":"%s",
                      "issuer.test:sub":"system:serviceaccount:%s:%s"}}}}
                    """
                        .formatted(name, namespace, serviceAccount)));
  }

  private static String session(String name) {
    return "arn:aws:sts::123456789012:assumed-role/" + name + "/" + name;
  }

  private Path identity(String file, String name, Path tokenFile) throws IOException {
    return Files.writeString(
        folder.resolve(file),
        """
        region: us-west-2
        iam_session_arn: %s
        role_arn: arn:aws:iam::123456789012:role/kodedeploy/%s
        web_identity_token_file: %s
        """
            .formatted(session(name), name, tokenFile));
  }

  private void token(Path file, String serviceAccount) throws IOException {
    var claims =
        "{\"iss\":\"https://issuer.test\",\"sub\":\"system:serviceaccount:%s:%s\"}"
            .formatted(namespace, serviceAccount);
    var encoder = Base64.getUrlEncoder().withoutPadding();
    Files.writeString(
        file,
        encoder.encodeToString("{}".getBytes(UTF_8))
            + "."
            + encoder.encodeToString(claims.getBytes(UTF_8))
            + ".x");
  }

  private void awaitUnready(AgentProcess agent, String... reasons) throws Exception {
    var last = new AtomicReference<>("");
    Await.until(
        Duration.ofSeconds(40),
        () -> "unready for " + List.of(reasons) + " expected, found " + last,
        () -> {
          last.set(agent.get("/health/ready"));
          return last.get().startsWith("503")
              && List.of(reasons).stream().allMatch(last.get()::contains)
              && agent.get("/health/live").startsWith("200");
        });
  }

  private void deploys(String colour) throws Exception {
    var deployment =
        aws.deploy(
            "web",
            namespace,
            Map.of(
                "appspec.yml",
                BUNDLE,
                "deploy/app.yaml",
                "{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}, data: {colour: "
                    + colour
                    + "}}"));
    assertThat(aws.awaitEnd(deployment).status())
        .as(() -> aws.target(deployment).toString())
        .isEqualTo(DeploymentStatus.SUCCEEDED);
  }

  /** What the container of a membership Job runs. */
  private Process membership(String... arguments) throws IOException {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                MembershipMain.class.getName()));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("AWS_"));
    builder.environment().put("AWS_ENDPOINT_URL", aws.url().toString());
    return builder.redirectOutput(folder.resolve(arguments[0] + ".log").toFile()).start();
  }

  private String log(String verb) throws IOException {
    return Files.readString(folder.resolve(verb + ".log"));
  }

  private void ends(Process process, String verb) throws Exception {
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(() -> verb).isTrue();
    assertThat(process.exitValue()).as(log(verb)).isZero();
  }

  @Test
  void aWrongIdentityIsSaidCorrectedAndRotatedWhileOneProcessRuns() throws Exception {
    var right = folder.resolve("membership-token");
    token(right, "kodedeploy-membership");
    var membership = identity("membership.yml", MEMBERSHIP, right).toString();
    Files.writeString(
        folder.resolve("codedeploy.onpremises.yml"), "iam_user_arn: a\niam_session_arn: b\n");

    try (var agent = new AgentProcess(folder, aws, kubernetes, namespace)) {
      awaitUnready(agent, "identity", "cannot contain both 'iam_user_arn' and 'iam_session_arn'");

      token(token, "kodedeploy-apply");
      identity("codedeploy.onpremises.yml", host, token);
      awaitUnready(agent, "credentials-unavailable", "cannot be assumed as " + host);

      token(token, "kodedeploy-agent");
      awaitUnready(agent, "host is not recognized");

      var early = joining(membership, agent.url("/health/ready"));
      Await.until(
          Duration.ofSeconds(20),
          () -> "join does not wait",
          () -> log("join").contains(host + " waits: its agent is not ready"));
      aws.registerSession(host, session(host), namespace);
      deploys("blue"); // which also ends a poll that would be held for half a minute
      ends(early, "join");
      assertThat(log("join")).contains(host + " is a member already");
      alertsSeeTheirSeries(agent);

      // Whoever had credentials of the role has none now, and the token is another one.
      iam.deleteRole(r -> r.roleName(host));
      createRole(host, "kodedeploy-agent-2");
      token(token, "kodedeploy-agent-2");
      deploys("green");

      ends(membership("leave", membership, "test", "green", namespace), "leave");
      assertThat(aws.tags(host))
          .isEqualTo(Map.of("kodedeploycluster", "green", "kodedeployns", namespace));
      ends(joining(membership, agent.url("/health/ready")), "join");
      assertThat(log("join")).contains(host + " joined");
      assertThat(aws.tags(host)).containsEntry("kodedeployenv", "test");
      assertThat(agent.output()).contains("the identity is there");
    }
  }

  /** Rules about calls that AWS refused have no series before one is refused. */
  private static void alertsSeeTheirSeries(AgentProcess agent) throws Exception {
    var series = AlertsTest.series(agent.get("/metrics"));
    var rules =
        AlertsTest.alerts()
            .map(AlertsTest.Alert::expression)
            .filter(rule -> !rule.contains("aws_api_call_"))
            .toList();
    assertThat(rules).hasSizeGreaterThan(4);
    rules.forEach(rule -> AlertsTest.check(rule, series));
  }

  private Process joining(String identity, URI health) throws IOException {
    return membership("join", identity, "test", "green", namespace, health.toString());
  }

  @Test
  void theChartsJobsAreAdmittedAndOneOfThemPrecedesAnUninstall() throws Exception {
    var chart =
        new InstalledChart(kubernetes, Files.createDirectory(folder.resolve("helm")), namespace);
    chart.install(Helm.chart(), chart.namespaceValues("") + "membership: {enabled: true}\n");

    Await.until(
        Duration.ofSeconds(30),
        () -> chart.kubectl("get", "events", "-o", "custom-columns=M:.message"),
        () -> !pods(chart).isEmpty());
    assertThat(chart.kubectl("get", "job", "-o", "name")).contains("job.batch/kodedeploy-join-1");
    assertThat(
            chart.kubectl(
                "get",
                "pod",
                pods(chart),
                "-o",
                "jsonpath={.spec.serviceAccountName} {.spec.containers[0].args}"))
        .startsWith("kodedeploy-membership [\"join\"")
        .contains("\"test\",\"green\",\"" + namespace + "\"", "kodedeploy-agent.NAMESPACE.svc");
    assertThat(chart.helm().run("get", "hooks", chart.release(), "-n", namespace))
        .contains("name: kodedeploy-leave", "helm.sh/hook: pre-delete", "- leave");
    assertThat(
            chart.kubectl(
                "get", "deployment", "kodedeploy-agent", "-o", "jsonpath={.spec.template.spec}"))
        .contains("/var/run/secrets/kodedeploy", "sts.amazonaws.com");
    chart.helm().run("uninstall", chart.release(), "-n", namespace, "--no-hooks");
  }

  private String pods(InstalledChart chart) {
    return chart.kubectl(
        "get",
        "pods",
        "-l",
        "app.kubernetes.io/name=kodedeploy-membership",
        "-o",
        "jsonpath={.items[*].metadata.name}");
  }
}
