package io.kodedeploy.simulator.codedeploy;

import io.kodedeploy.simulator.wire.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/**
 * A deployment configuration.
 *
 * @param minimumHealthy empty for the platforms ECS and Lambda
 */
record DeploymentConfig(
    String id,
    String name,
    String platform,
    Optional<MinimumHealthy> minimumHealthy,
    Instant createTime) {

  private static final String PREFIX = "CodeDeployDefault.";

  static DeploymentConfig custom(String name, MinimumHealthy minimum, Instant now) {
    return new DeploymentConfig(
        UUID.randomUUID().toString(), name, "Server", Optional.of(minimum), now);
  }

  boolean isPredefined() {
    return isReserved(name);
  }

  static boolean isReserved(String name) {
    return name.startsWith(PREFIX);
  }

  /** The 17 of every region (1.5). */
  static List<DeploymentConfig> predefined(Instant now) {
    var all = new ArrayList<DeploymentConfig>();
    var server =
        List.of(
            new NamedMinimum(
                "OneAtATime", new MinimumHealthy(MinimumHealthy.Type.MOST_CONCURRENCY, 1)),
            new NamedMinimum(
                "HalfAtATime", new MinimumHealthy(MinimumHealthy.Type.FLEET_PERCENT, 50)),
            new NamedMinimum(
                "AllAtOnce", new MinimumHealthy(MinimumHealthy.Type.FLEET_PERCENT, 0)));
    for (var entry : server) {
      all.add(
          predefined(all.size() + 1, entry.name(), "Server", Optional.of(entry.minimum()), now));
    }
    for (var name :
        List.of(
            "ECSLinear10PercentEvery1Minutes",
            "ECSLinear10PercentEvery3Minutes",
            "ECSCanary10Percent5Minutes",
            "ECSCanary10Percent15Minutes",
            "ECSAllAtOnce")) {
      all.add(predefined(all.size() + 1, name, "ECS", Optional.empty(), now));
    }
    for (var name :
        List.of(
            "LambdaCanary10Percent5Minutes",
            "LambdaCanary10Percent10Minutes",
            "LambdaCanary10Percent15Minutes",
            "LambdaCanary10Percent30Minutes",
            "LambdaLinear10PercentEvery1Minute",
            "LambdaLinear10PercentEvery2Minutes",
            "LambdaLinear10PercentEvery3Minutes",
            "LambdaLinear10PercentEvery10Minutes",
            "LambdaAllAtOnce")) {
      all.add(predefined(all.size() + 1, name, "Lambda", Optional.empty(), now));
    }
    return all;
  }

  private record NamedMinimum(String name, MinimumHealthy minimum) {}

  private static DeploymentConfig predefined(
      int number, String name, String platform, Optional<MinimumHealthy> minimum, Instant now) {
    var id = "00000000-0000-0000-0000-%012d".formatted(number);
    return new DeploymentConfig(id, PREFIX + name, platform, minimum, now);
  }

  ObjectNode json() {
    var node =
        Json.object()
            .put("deploymentConfigId", id)
            .put("deploymentConfigName", name)
            .put("createTime", Json.time(createTime))
            .put("computePlatform", platform);
    minimumHealthy.ifPresent(m -> node.set("minimumHealthyHosts", m.json()));
    return node;
  }
}
