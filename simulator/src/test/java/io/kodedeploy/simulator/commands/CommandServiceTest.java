package io.kodedeploy.simulator.commands;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.simulator.SignedClient;
import io.kodedeploy.simulator.Simulator;
import io.kodedeploy.simulator.SimulatorSettings;
import io.kodedeploy.simulator.time.ManualClock;
import io.kodedeploy.simulator.wire.Caller;
import io.kodedeploy.simulator.wire.Credential;
import io.kodedeploy.simulator.wire.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.SignerInformationVerifier;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.util.Selector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What hosts can rely on, and what they are refused. */
@Timeout(60)
class CommandServiceTest {
  private static final String HOST = "arn:aws:iam::123456789012:user/AWS/CodeDeploy/n1";
  private static final String OTHER = "arn:aws:iam::123456789012:user/n2";

  private Simulator simulator;
  private SignedClient administrator;
  private SignedClient host;
  private SignedClient other;

  @BeforeEach
  void start() {
    var settings =
        SimulatorSettings.onAnyPort()
            .withManualClock(Instant.parse("2026-01-05T10:00:00Z"))
            .withCredentials(List.of(key("KEY1", HOST), key("KEY2", OTHER)));
    simulator = Simulator.start(settings);
    administrator = SignedClient.administrator(simulator.url());
    host = client("KEY1");
    other = client("KEY2");
  }

  private static Credential key(String id, String arn) {
    return Credential.longLived(id, "secret", new Caller(arn, "123456789012", "AIDA" + id));
  }

  private SignedClient client(String key) {
    return new SignedClient(simulator.url(), AwsCredentialsIdentity.create(key, "secret"));
  }

  @AfterEach
  void stop() {
    host.close();
    other.close();
    administrator.close();
    simulator.close();
  }

  @Test
  void aCallerThatIsNotTheHostIsRefused() throws Exception {
    var answer = other.commands("PollHostCommand", Json.object().put("HostIdentifier", HOST));

    assertThat(answer.error()).isEqualTo("AccessDeniedException");
  }

  @Test
  void aHostThatIsNotRegisteredIsRefused() throws Exception {
    var answer = host.commands("PollHostCommand", Json.object().put("HostIdentifier", HOST));

    assertThat(answer.error()).isEqualTo("ClientException");
    assertThat(answer.body().path("message").stringValue()).contains("host is not recognized");
  }

  @Test
  void theTwoVariantsHaveTargetsOfTheirOwn() throws Exception {
    var body = Json.write(Json.object().put("HostIdentifier", HOST));

    var secure =
        host.call("codedeploy-commands-secure", "CodeDeployCommandService.PollHostCommand", body);
    var mixed = host.call("codedeploy-commands", "CodeDeployCommandService.PollHostCommand", body);

    assertThat(secure.error()).isEqualTo("ClientException");
    assertThat(mixed.error()).isEqualTo("UnknownOperationException");
  }

  @Test
  void anIdlePollEndsAfterThirtySecondsWithoutACommand() throws Exception {
    register();
    var answer = poll();
    awaitWaitingPoll();

    advance(31);

    assertThat(answer.get().body().isEmpty()).isTrue();
  }

  @Test
  void theSpecificationIsSignedByTheCertificateInIt() throws Exception {
    deploy();
    var command = poll().get().body().path("HostCommand");

    var answer = host.commands("GetDeploymentSpecification", specificationOf(command));

    var envelope = answer.body().path("DeploymentSpecification").path("GenericEnvelope");
    assertThat(envelope.path("Format").stringValue()).isEqualTo("PKCS7/JSON");
    var signed = new CMSSignedData(der(envelope.path("Payload").stringValue()));
    for (var signer : signed.getSignerInfos().getSigners()) {
      assertThat(signer.verify(verifier(signed, signer))).isTrue();
    }
    var content = Json.parseObject((byte[]) signed.getSignedContent().getContent());
    assertThat(content.path("DeploymentGroupName").stringValue()).isEqualTo("g");
    assertThat(content.path("Revision").path("S3Revision").path("ETag").stringValue())
        .isEqualTo("\"abc\"");
  }

  private static SignerInformationVerifier verifier(CMSSignedData signed, SignerInformation signer)
      throws Exception {
    @SuppressWarnings("unchecked")
    Selector<X509CertificateHolder> id = signer.getSID();
    var certificate = signed.getCertificates().getMatches(id).iterator().next();
    return new JcaSimpleSignerInfoVerifierBuilder().build(certificate);
  }

  @Test
  void aHostOutsideTheDeploymentGetsNoSpecification() throws Exception {
    deploy();
    var command = poll().get().body().path("HostCommand");
    registerOther();

    var body = specificationOf(command).put("HostIdentifier", OTHER);
    var answer = other.commands("GetDeploymentSpecification", body);

    assertThat(answer.error()).isEqualTo("ClientException");
  }

  @Test
  void aCommandThatIsNotAcknowledgedIsHandedOutAgainAndNeverAfterwards() throws Exception {
    deploy();
    var first = poll().get().body().path("HostCommand").path("HostCommandIdentifier");

    var again = poll();
    advance(5);
    var second = again.get().body().path("HostCommand").path("HostCommandIdentifier");
    assertThat(second).isEqualTo(first);

    acknowledge(first);
    var third = poll();
    awaitWaitingPoll();
    advance(31);
    assertThat(third.get().body().isEmpty()).isTrue();
  }

  @Test
  void aPollWhoseClientHasGoneSwallowsNothing() throws Exception {
    register();
    var body = Json.write(Json.object().put("HostIdentifier", HOST));
    var signed =
        host.signed(
            "codedeploy-commands", "CodeDeployCommandService_v20141006.PollHostCommand", body);
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), simulator.url().getPort())) {
      var head = new StringBuilder("POST / HTTP/1.1\r\nContent-Length: " + body.length + "\r\n");
      signed.headers().forEach((name, values) -> header(head, name, values.getFirst()));
      socket.getOutputStream().write((head + "\r\n").getBytes(US_ASCII));
      socket.getOutputStream().write(body);
      socket.getOutputStream().flush();
      awaitWaitingPoll();
    }

    createDeployment();
    var answer = poll().get();

    assertThat(answer.body().path("HostCommand").path("CommandName").stringValue())
        .isEqualTo("ApplicationStop");
  }

  private static void header(StringBuilder head, String name, String value) {
    if (!name.equalsIgnoreCase("Content-Length")) {
      head.append(name).append(": ").append(value).append("\r\n");
    }
  }

  @Test
  void theFirstCompletionWins() throws Exception {
    deploy();
    var command = poll().get().body().path("HostCommand").path("HostCommandIdentifier");
    acknowledge(command);

    var failed = complete(command, "Failed", "{\"error_code\":4,\"message\":\"exit 1\"}");
    var late = complete(command, "Succeeded", "{}");

    assertThat(failed.status()).isEqualTo(200);
    assertThat(late.status()).isEqualTo(200);
    var update = Json.object().put("HostCommandIdentifier", command.stringValue());
    assertThat(host.commands("PostHostCommandUpdate", update).body().path("CommandStatus"))
        .isEqualTo(Json.array().add("Failed").get(0));
  }

  @Test
  void diagnosticsHaveAtMost8192Characters() throws Exception {
    deploy();
    var command = poll().get().body().path("HostCommand").path("HostCommandIdentifier");

    var answer = complete(command, "Succeeded", "x".repeat(8193));

    assertThat(answer.error()).isEqualTo("ClientException");
  }

  @Test
  void aNoopIsDoneWhenItIsAcknowledged() throws Exception {
    deploy();
    var command = poll().get().body().path("HostCommand").path("HostCommandIdentifier");
    var body = Json.object().put("HostCommandIdentifier", command.stringValue());
    body.putObject("Diagnostics").put("Format", "JSON").put("Payload", "{\"IsCommandNoop\":true}");

    var answer = host.commands("PutHostCommandAcknowledgement", body);

    assertThat(answer.body().path("CommandStatus").stringValue()).isEqualTo("Succeeded");
    var next = poll().get().body().path("HostCommand").path("CommandName");
    assertThat(next.stringValue()).isEqualTo("DownloadBundle");
  }

  @Test
  void aLostReplyIsCarriedOut() throws Exception {
    deploy();
    var command = poll().get().body().path("HostCommand").path("HostCommandIdentifier");
    var fault =
        Json.object()
            .put("service", "codedeploy-commands")
            .put("operation", "PutHostCommandAcknowledgement")
            .put("kind", "lost-reply");
    administrator.administration("POST", "/faults", fault);

    var lost = CompletableFuture.supplyAsync(() -> quietly(() -> acknowledge(command)));

    assertThat(lost.get()).isFalse();
    assertThat(acknowledge(command).body().path("CommandStatus").stringValue())
        .isEqualTo("InProgress");
  }

  private interface Call {
    Object run() throws Exception;
  }

  /** Whether the call had an answer. */
  private static boolean quietly(Call call) {
    try {
      call.run();
      return true;
    } catch (Exception e) {
      return false;
    }
  }

  private void register() throws Exception {
    register("n1", HOST);
  }

  private void registerOther() throws Exception {
    register("n2", OTHER);
  }

  private void register(String name, String arn) throws Exception {
    var body = Json.object().put("instanceName", name).put("iamUserArn", arn);
    assertThat(administrator.codeDeploy("RegisterOnPremisesInstance", body).status())
        .isEqualTo(200);
    var tags = Json.object();
    tags.putArray("instanceNames").add(name);
    tags.putArray("tags").addObject().put("Key", name).put("Value", "yes");
    assertThat(administrator.codeDeploy("AddTagsToOnPremisesInstances", tags).status())
        .isEqualTo(200);
  }

  private void deploy() throws Exception {
    register();
    createDeployment();
  }

  private void createDeployment() throws Exception {
    administrator.codeDeploy("CreateApplication", Json.object().put("applicationName", "app"));
    var group =
        Json.object()
            .put("applicationName", "app")
            .put("deploymentGroupName", "g")
            .put("serviceRoleArn", "arn:aws:iam::123456789012:role/codedeploy");
    group.putArray("onPremisesInstanceTagFilters").addObject().put("Key", "n1");
    assertThat(administrator.codeDeploy("CreateDeploymentGroup", group).status()).isEqualTo(200);
    var order = Json.object().put("applicationName", "app").put("deploymentGroupName", "g");
    var revision = order.putObject("revision").put("revisionType", "S3");
    revision
        .putObject("s3Location")
        .put("bucket", "b")
        .put("key", "k")
        .put("bundleType", "zip")
        .put("eTag", "abc");
    assertThat(administrator.codeDeploy("CreateDeployment", order).status()).isEqualTo(200);
    advance(1);
  }

  private CompletableFuture<SignedClient.Answer> poll() {
    var body = Json.object().put("HostIdentifier", HOST);
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return host.commands("PollHostCommand", body);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
          }
        },
        Thread::startVirtualThread);
  }

  /** A poll that waits has set an alarm for its end. */
  private void awaitWaitingPoll() {
    var clock = (ManualClock) simulator.clock();
    var end = clock.now().plusSeconds(30);
    while (!clock.due().contains(end)) {
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
  }

  private static ObjectNode specificationOf(JsonNode command) {
    return Json.object()
        .put("DeploymentExecutionId", command.path("DeploymentExecutionId").stringValue())
        .put("HostIdentifier", HOST);
  }

  private SignedClient.Answer acknowledge(JsonNode command) throws InterruptedException {
    var body = Json.object().put("HostCommandIdentifier", command.stringValue());
    body.putObject("Diagnostics").put("Format", "JSON").put("Payload", "{\"IsCommandNoop\":false}");
    return host.commands("PutHostCommandAcknowledgement", body);
  }

  private SignedClient.Answer complete(JsonNode command, String status, String payload)
      throws InterruptedException {
    var body =
        Json.object()
            .put("HostCommandIdentifier", command.stringValue())
            .put("CommandStatus", status);
    body.putObject("Diagnostics").put("Format", "JSON").put("Payload", payload);
    return host.commands("PutHostCommandComplete", body);
  }

  private void advance(double seconds) throws InterruptedException {
    var body = Json.object().put("seconds", seconds);
    assertThat(administrator.administration("POST", "/clock/advance", body).status())
        .isEqualTo(200);
  }

  private static byte[] der(String pem) throws IOException {
    var lines = pem.lines().toList();
    assertThat(lines.getFirst()).isEqualTo("-----BEGIN PKCS7-----");
    var text = String.join("", lines.subList(1, lines.size() - 1));
    return Base64.getDecoder().decode(text.getBytes(UTF_8));
  }
}
