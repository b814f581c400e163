package io.kodedeploy.simulator.codedeploy;

import io.kodedeploy.simulator.time.SimulatorClock;
import io.kodedeploy.simulator.wire.Account;
import io.kodedeploy.simulator.wire.AwsRequest;
import io.kodedeploy.simulator.wire.AwsResponse;
import io.kodedeploy.simulator.wire.AwsService;
import io.kodedeploy.simulator.wire.Json;
import io.kodedeploy.simulator.wire.Protocol;
import io.kodedeploy.simulator.wire.Resettable;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** The API of CodeDeploy. Thread-safe: one call at a time owns the {@link State}. */
public final class CodeDeployService implements AwsService, Resettable {
  private final State state;
  private final HostCommands commands;
  private final Hosts hosts;
  private final ApplicationCalls applications;
  private final RevisionCalls revisions;
  private final ConfigCalls configs;
  private final OnPremisesCalls onPremises;
  private final GroupCalls groups;
  private final DeploymentCalls deployments;
  private final TargetCalls targets;
  private final ResourceTags tags;

  /** A service without any resource. */
  public CodeDeployService(
      Account account, SimulatorClock clock, InstanceDirectory instances, TrafficControl traffic) {
    this.state = new State(clock);
    this.commands = new HostCommands(state);
    this.hosts = new Hosts(state, instances);
    var fleet = new Fleet(state, instances, account);
    var scheduler = new Scheduler(state, commands, fleet, traffic);
    this.applications = new ApplicationCalls(state, scheduler);
    this.revisions = new RevisionCalls(state);
    this.configs = new ConfigCalls(state);
    this.onPremises = new OnPremisesCalls(state, account);
    this.groups = new GroupCalls(state, instances, scheduler);
    this.deployments = new DeploymentCalls(state, scheduler);
    this.targets = new TargetCalls(state);
    this.tags = new ResourceTags(state);
  }

  /** What hosts fetch and report. */
  public HostCommands commands() {
    return commands;
  }

  /** Who hosts are. */
  public Hosts hosts() {
    return hosts;
  }

  @Override
  public String name() {
    return "codedeploy";
  }

  @Override
  public Protocol protocol() {
    return Protocol.JSON;
  }

  @Override
  public boolean understandsTarget(String signingName, String prefix) {
    return prefix.equals("CodeDeploy_20141006");
  }

  @Override
  public AwsResponse handle(AwsRequest request) {
    var input = new Input(Json.parseObject(request.body().bytes()));
    synchronized (state) {
      return switch (request.operation()) {
        case "UpdateApplication" -> quiet(() -> applications.update(input));
        case "DeleteApplication" -> quiet(() -> applications.delete(input));
        case "RegisterApplicationRevision" -> quiet(() -> revisions.register(input));
        case "DeleteDeploymentConfig" -> quiet(() -> configs.delete(input));
        case "RegisterOnPremisesInstance" ->
            quiet(() -> onPremises.register(input, request.region()));
        case "DeregisterOnPremisesInstance" -> quiet(() -> onPremises.deregister(input));
        case "AddTagsToOnPremisesInstances" -> quiet(() -> onPremises.addTags(input));
        case "RemoveTagsFromOnPremisesInstances" -> quiet(() -> onPremises.removeTags(input));
        default -> AwsResponse.json(answer(request, input));
      };
    }
  }

  private static AwsResponse quiet(Runnable call) {
    call.run();
    return AwsResponse.empty();
  }

  private ObjectNode answer(AwsRequest request, Input input) {
    return switch (request.operation()) {
      case "CreateApplication" -> applications.create(input);
      case "GetApplication" -> applications.get(input);
      case "BatchGetApplications" -> applications.batchGet(input);
      case "ListApplications" -> applications.list(input);
      case "GetApplicationRevision" -> revisions.get(input);
      case "BatchGetApplicationRevisions" -> revisions.batchGet(input);
      case "ListApplicationRevisions" -> revisions.list(input);
      case "CreateDeploymentConfig" -> configs.create(input);
      case "GetDeploymentConfig" -> configs.get(input);
      case "ListDeploymentConfigs" -> configs.list(input);
      case "GetOnPremisesInstance" -> onPremises.get(input);
      case "BatchGetOnPremisesInstances" -> onPremises.batchGet(input);
      case "ListOnPremisesInstances" -> onPremises.list(input);
      case "CreateDeploymentGroup" -> groups.create(input);
      case "UpdateDeploymentGroup" -> groups.update(input);
      case "DeleteDeploymentGroup" -> groups.delete(input);
      case "GetDeploymentGroup" -> groups.get(input);
      case "BatchGetDeploymentGroups" -> groups.batchGet(input);
      case "ListDeploymentGroups" -> groups.list(input);
      case "CreateDeployment" -> deployments.create(input, request.region());
      case "GetDeployment" -> deployments.get(input);
      case "BatchGetDeployments" -> deployments.batchGet(input);
      case "ListDeployments" -> deployments.list(input);
      case "StopDeployment" -> deployments.stop(input);
      case "ContinueDeployment" -> deployments.proceed(input);
      case "ListDeploymentTargets" -> targets.list(input);
      case "GetDeploymentTarget" -> targets.get(input);
      case "BatchGetDeploymentTargets" -> targets.batchGet(input);
      case "ListDeploymentInstances" -> targets.listInstances(input);
      case "GetDeploymentInstance" -> targets.getInstance(input);
      case "BatchGetDeploymentInstances" -> targets.batchGetInstances(input);
      case "PutLifecycleEventHookExecutionStatus" ->
          throw Refusal.of(
              "UnsupportedActionForDeploymentType", "Hook status belongs to Lambda and ECS");
      case "TagResource" -> tags.tag(input);
      case "UntagResource" -> tags.untag(input);
      case "ListTagsForResource" -> tags.list(input);
      case "ListGitHubAccountTokenNames" -> Page.of("tokens", "tokenNameList", List.of(), input);
      default -> throw unknownOperation(request);
    };
  }

  @Override
  public void reset() {
    synchronized (state) {
      for (var deployment : state.deployments.values()) {
        deployment.all().forEach(Target::cancelTimer);
        if (deployment.deadline != null) {
          deployment.deadline.cancel();
        }
      }
      state.clear();
      commands.clear();
    }
  }
}
