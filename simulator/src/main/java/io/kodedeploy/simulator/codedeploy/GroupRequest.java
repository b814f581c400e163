package io.kodedeploy.simulator.codedeploy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Reads the settings of CreateDeploymentGroup and UpdateDeploymentGroup: a patch on a base. */
final class GroupRequest {
  private final State state;
  private final InstanceDirectory instances;

  GroupRequest(State state, InstanceDirectory instances) {
    this.state = state;
    this.instances = instances;
  }

  GroupSettings apply(GroupSettings base, Input input) {
    refuseWhatIsMissing(input);
    var balancer = input.object("loadBalancerInfo").map(Input::node).or(base::loadBalancer);
    var settings =
        new GroupSettings(
            role(input).orElse(base.serviceRoleArn()),
            config(input).orElse(base.configName()),
            filters(input, "ec2TagFilters", "InvalidEC2Tag").orElse(base.ec2Filters()),
            set(input, "ec2TagSet", "ec2TagSetList", "InvalidEC2Tag").orElse(base.ec2Set()),
            filters(input, "onPremisesInstanceTagFilters", "InvalidTag")
                .orElse(base.onPremisesFilters()),
            set(input, "onPremisesTagSet", "onPremisesTagSetList", "InvalidTag")
                .orElse(base.onPremisesSet()),
            autoScalingGroups(input).orElse(base.autoScalingGroups()),
            trafficControl(input).orElse(base.trafficControl()),
            balancer,
            balancer.map(b -> targetGroups(new Input(b))).orElse(List.of()),
            AutoRollback.parse(input).or(base::rollback),
            outdated(input).orElse(base.outdatedStrategy()));
    check(settings);
    return settings;
  }

  private static void check(GroupSettings settings) {
    if (settings.serviceRoleArn().isEmpty()) {
      throw Refusal.of("RoleRequired", "The service role ARN is missing");
    }
    if (!settings.ec2Filters().isEmpty() && !settings.ec2Set().isEmpty()) {
      throw Refusal.of(
          "InvalidEC2TagCombination", "ec2TagFilters and ec2TagSet exclude each other");
    }
    if (!settings.onPremisesFilters().isEmpty() && !settings.onPremisesSet().isEmpty()) {
      throw Refusal.of(
          "InvalidOnPremisesTagCombination",
          "onPremisesInstanceTagFilters and onPremisesTagSet exclude each other");
    }
    if (settings.trafficControl() && settings.targetGroups().isEmpty()) {
      throw Refusal.of(
          "InvalidLoadBalancerInfo",
          "WITH_TRAFFIC_CONTROL needs a target group in loadBalancerInfo");
    }
  }

  /** Refuses what AWS has and this simulator does not, and what neither accepts. */
  private static void refuseWhatIsMissing(Input input) {
    alarms(input);
    if (!input.objects("triggerConfigurations").orElse(List.of()).isEmpty()) {
      throw Refusal.unsupported("triggerConfigurations (SNS)");
    }
    if (input.flag("terminationHookEnabled").orElse(false)) {
      throw Refusal.unsupported("terminationHookEnabled (Auto Scaling hooks)");
    }
    if (input.has("ec2DeploymentOptions")) {
      throw Refusal.unsupported("ec2DeploymentOptions");
    }
    if (!input.objects("ecsServices").orElse(List.of()).isEmpty()) {
      throw Refusal.unsupported("the compute platform ECS");
    }
  }

  private static void alarms(Input input) {
    var alarms = input.object("alarmConfiguration");
    if (alarms.flatMap(a -> a.flag("enabled")).orElse(false)) {
      var names =
          alarms.get().objects("alarms").orElse(List.of()).stream()
              .map(a -> a.text("name").orElse(""))
              .toList();
      if (names.isEmpty() || names.contains("") || new HashSet<>(names).size() < names.size()) {
        throw Refusal.of("InvalidAlarmConfig", "Enabled alarms need a list of different names");
      }
      throw Refusal.unsupported("alarmConfiguration (CloudWatch alarms)");
    }
  }

  private static Optional<String> role(Input input) {
    var arn = input.text("serviceRoleArn").filter(a -> !a.isEmpty());
    if (arn.filter(a -> !a.matches("arn:aws[a-z-]*:iam::[0-9]{12}:role/.+")).isPresent()) {
      throw Refusal.of("InvalidRole", "Not the ARN of an IAM role: " + arn.get());
    }
    return arn;
  }

  private Optional<String> config(Input input) {
    var name = input.text("deploymentConfigName");
    name.ifPresent(
        n -> {
          var config = state.requireConfig(Names.config(name));
          if (!config.platform().equals("Server")) {
            throw Refusal.of("InvalidDeploymentConfigName", "Not a configuration of Server: " + n);
          }
        });
    return name;
  }

  private static Optional<List<TagFilter>> filters(Input input, String member, String code) {
    return input.objects(member).map(list -> TagFilter.parseAll(list, code));
  }

  private static Optional<List<List<TagFilter>>> set(
      Input input, String member, String list, String code) {
    return input
        .object(member)
        .map(set -> TagFilter.parseSet(set.groups(list).orElse(List.of()), code));
  }

  private Optional<List<String>> autoScalingGroups(Input input) {
    var names = input.texts("autoScalingGroups");
    if (names.filter(n -> n.size() > 10).isPresent()) {
      throw Refusal.of("InvalidAutoScalingGroup", "More than 10 Auto Scaling groups");
    }
    for (var name : names.orElse(List.of())) {
      if (!instances.autoScalingGroupExists(name)) {
        throw Refusal.of(
            "InvalidAutoScalingGroup", "No Auto Scaling group found for name: " + name);
      }
    }
    return names;
  }

  private static Optional<Boolean> trafficControl(Input input) {
    return input.object("deploymentStyle").map(style -> trafficControl(style, input));
  }

  private static boolean trafficControl(Input style, Input request) {
    var type = style.text("deploymentType").orElse("");
    var option = style.text("deploymentOption").orElse("");
    if (type.isEmpty() || option.isEmpty()) {
      throw invalidStyle("Deployment type or deployment option cannot be null or empty");
    }
    if (!option.equals("WITH_TRAFFIC_CONTROL") && !option.equals("WITHOUT_TRAFFIC_CONTROL")) {
      throw invalidStyle("Unknown deployment option: " + option);
    }
    if (type.equals("BLUE_GREEN")) {
      BlueGreen.refuse(request, option);
    }
    if (!type.equals("IN_PLACE")) {
      throw invalidStyle("Unknown deployment type: " + type);
    }
    return option.equals("WITH_TRAFFIC_CONTROL");
  }

  private static RuntimeException invalidStyle(String message) {
    return Refusal.of("InvalidDeploymentStyle", message);
  }

  private static List<String> targetGroups(Input balancer) {
    if (!balancer.objects("elbInfoList").orElse(List.of()).isEmpty()) {
      throw Refusal.unsupported("classic load balancers (elbInfoList)");
    }
    if (balancer.has("targetGroupPairInfoList")) {
      throw Refusal.of("InvalidLoadBalancerInfo", "targetGroupPairInfoList belongs to ECS");
    }
    var names = new ArrayList<String>();
    for (var group : balancer.objects("targetGroupInfoList").orElse(List.of())) {
      names.add(
          group
              .text("name")
              .filter(n -> !n.isEmpty())
              .orElseThrow(
                  () -> Refusal.of("InvalidLoadBalancerInfo", "A target group has no name")));
    }
    if (names.size() > 10) {
      throw Refusal.of("InvalidLoadBalancerInfo", "More than 10 target groups");
    }
    return names;
  }

  private static Optional<String> outdated(Input input) {
    var value = input.text("outdatedInstancesStrategy");
    if (value.filter(v -> !v.equals("UPDATE") && !v.equals("IGNORE")).isPresent()) {
      throw Refusal.of("InvalidInput", "outdatedInstancesStrategy must be UPDATE or IGNORE");
    }
    return value;
  }

  /** Blue/green is checked as far as its own rules go, then refused: it is not simulated yet. */
  private static final class BlueGreen {
    static void refuse(Input request, String option) {
      if (!option.equals("WITH_TRAFFIC_CONTROL")) {
        throw invalidStyle("BLUE_GREEN needs WITH_TRAFFIC_CONTROL");
      }
      Function<Input, Optional<String>> action =
          green -> green.object("greenFleetProvisioningOption").flatMap(o -> o.text("action"));
      var copy =
          request
              .object("blueGreenDeploymentConfiguration")
              .flatMap(action)
              .filter("COPY_AUTO_SCALING_GROUP"::equals)
              .isPresent();
      if (copy && request.texts("autoScalingGroups").orElse(List.of()).size() != 1) {
        throw Refusal.of(
            "InvalidBlueGreenDeploymentConfiguration",
            "COPY_AUTO_SCALING_GROUP needs exactly one Auto Scaling group");
      }
      throw Refusal.unsupported("BLUE_GREEN deployments");
    }
  }
}
