package io.kodedeploy.simulator.commands;

import io.kodedeploy.simulator.codedeploy.HostCommands;
import io.kodedeploy.simulator.codedeploy.Hosts;
import io.kodedeploy.simulator.time.SimulatorClock;
import io.kodedeploy.simulator.wire.Account;
import io.kodedeploy.simulator.wire.AwsError;
import io.kodedeploy.simulator.wire.AwsRequest;
import io.kodedeploy.simulator.wire.AwsResponse;
import io.kodedeploy.simulator.wire.AwsService;
import io.kodedeploy.simulator.wire.Json;
import io.kodedeploy.simulator.wire.Protocol;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The five operations of the host protocol (host-agent.md 1.6), in both variants. Thread-safe. */
public final class CommandService implements AwsService {
  private static final String STANDARD = "codedeploy-commands";
  private static final String SECURE = "codedeploy-commands-secure";

  private final HostCommands commands;
  private final Hosts hosts;
  private final Account account;
  private final LongPoll poll;
  private final SpecificationSigner signer = new SpecificationSigner();

  /** Serves what the control plane issues. */
  public CommandService(HostCommands commands, Hosts hosts, Account account, SimulatorClock clock) {
    this.commands = commands;
    this.hosts = hosts;
    this.account = account;
    this.poll = new LongPoll(commands, hosts, clock);
  }

  @Override
  public String name() {
    return STANDARD;
  }

  @Override
  public Set<String> signingNames() {
    return Set.of(STANDARD, SECURE);
  }

  @Override
  public boolean understandsTarget(String signingName, String prefix) {
    return prefix.equals(
        signingName.equals(SECURE)
            ? "CodeDeployCommandService"
            : "CodeDeployCommandService_v20141006");
  }

  @Override
  public Protocol protocol() {
    return Protocol.JSON;
  }

  @Override
  public AwsResponse handle(AwsRequest request) throws InterruptedException {
    var body = Json.parseObject(request.body().bytes());
    return switch (request.operation()) {
      case "PollHostCommand" -> poll(request, body);
      case "GetDeploymentSpecification" -> specification(request, body);
      case "PutHostCommandAcknowledgement" -> acknowledge(request, body);
      case "PutHostCommandComplete" -> complete(request, body);
      case "PostHostCommandUpdate" -> update(request, body);
      default -> throw unknownOperation(request);
    };
  }

  private AwsResponse poll(AwsRequest request, ObjectNode body) throws InterruptedException {
    var host = host(request, body);
    var answer = Json.object();
    poll.next(host, request.connection())
        .ifPresent(
            d ->
                answer
                    .putObject("HostCommand")
                    .put("HostCommandIdentifier", d.identifier())
                    .put("HostIdentifier", d.host())
                    .put(
                        "DeploymentExecutionId",
                        ExecutionId.of(d.region(), account.id(), d.deploymentId()))
                    .put("CommandName", d.event())
                    .put("Nonce", d.nonce()));
    return AwsResponse.json(answer);
  }

  private AwsResponse specification(AwsRequest request, ObjectNode body) {
    var host = host(request, body);
    var execution = text(body, "DeploymentExecutionId");
    var content =
        ExecutionId.deployment(execution)
            .flatMap(id -> hosts.specification(id, host, account.id()))
            .orElseThrow(() -> refused("the host has no deployment " + execution));
    var answer = Json.object().put("DeploymentSystem", "CodeDeploy");
    answer
        .putObject("DeploymentSpecification")
        .putObject("GenericEnvelope")
        .put("Format", "PKCS7/JSON")
        .put("Payload", signer.sign(Json.write(content)));
    return AwsResponse.json(answer);
  }

  private AwsResponse acknowledge(AwsRequest request, ObjectNode body) {
    var identifier = command(request, body);
    var payload = Envelope.read(body);
    var noop = payload.map(p -> Envelope.json(p).path("IsCommandNoop").asBoolean(false));
    return status(commands.acknowledge(identifier, noop.orElse(false)));
  }

  private AwsResponse complete(AwsRequest request, ObjectNode body) {
    var identifier = command(request, body);
    var succeeded =
        switch (text(body, "CommandStatus")) {
          case "Succeeded" -> true;
          case "Failed" -> false;
          default -> throw refused("CommandStatus must be Succeeded or Failed");
        };
    commands.complete(identifier, succeeded, Envelope.diagnostics(Envelope.read(body), succeeded));
    return AwsResponse.empty();
  }

  private AwsResponse update(AwsRequest request, ObjectNode body) {
    var identifier = command(request, body);
    Envelope.read(body);
    return status(commands.status(identifier));
  }

  private static AwsResponse status(HostCommands.Status status) {
    return AwsResponse.json(Json.object().put("CommandStatus", status.wire()));
  }

  /** The host that the request names, once it is known and is the one that signed. */
  private String host(AwsRequest request, ObjectNode body) {
    var host = text(body, "HostIdentifier");
    checkCaller(request, host);
    if (!hosts.isKnown(host)) {
      throw refused("host is not recognized: " + host);
    }
    return host;
  }

  private String command(AwsRequest request, ObjectNode body) {
    var identifier = text(body, "HostCommandIdentifier");
    var host =
        commands
            .hostOf(identifier)
            .orElseThrow(() -> refused("the command is not known: " + identifier));
    checkCaller(request, host);
    return identifier;
  }

  private static void checkCaller(AwsRequest request, String host) {
    if (!Hosts.speaksFor(request.caller(), host)) {
      throw AwsError.badRequest(
          "AccessDeniedException", request.caller().arn() + " is not the host " + host);
    }
  }

  private static String text(ObjectNode body, String member) {
    return body.optional(member)
        .filter(JsonNode::isString)
        .map(JsonNode::stringValue)
        .filter(t -> !t.isEmpty())
        .orElseThrow(() -> refused(member + " is missing"));
  }

  static AwsError refused(String message) {
    return AwsError.badRequest("ClientException", message);
  }
}
