package io.kodedeploy.core.spec;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The events of an AppSpec against those that the service knows (host-agent.md 5.5). */
public final class LifecycleEventRules {
  /** The events that can have scripts, in the order of a deployment. */
  static final List<String> HOOKS =
      List.of(
          "BeforeBlockTraffic",
          "AfterBlockTraffic",
          "ApplicationStop",
          "BeforeInstall",
          "AfterInstall",
          "ApplicationStart",
          "ValidateService",
          "BeforeAllowTraffic",
          "AfterAllowTraffic");

  private LifecycleEventRules() {}

  /**
   * Refuses an AppSpec whose events do not fit the deployment. Part of Install.
   *
   * @throws AgentException with {@link ErrorCode#APPSPEC_INVALID}
   */
  public static void check(DeploymentSpec spec, AppSpec appSpec) {
    var possible = spec.allPossibleLifecycleEvents();
    if (possible.isEmpty()) {
      return;
    }
    var file = String.valueOf(appSpec.file().getFileName());
    var used = new LinkedHashSet<>(appSpec.hooks().keySet());
    used.addAll(HOOKS);
    var unknown = used.stream().filter(event -> !possible.contains(event)).toList();
    if (!unknown.isEmpty()) {
      var list = unknown.stream().map(event -> '"' + event + '"').collect(Collectors.joining(", "));
      throw invalid(file + " file contains unknown lifecycle events: [" + list + "]");
    }
    var standard = Set.of("DownloadBundle", "Install");
    var missing =
        possible.stream()
            .filter(event -> !used.contains(event) && !standard.contains(event))
            .collect(Collectors.joining(","));
    if (!missing.isEmpty()) {
      throw invalid(
          "You specified a lifecycle event which is not a default one and doesn't exist in your "
              + file
              + " file: "
              + missing);
    }
  }

  private static AgentException invalid(String message) {
    return new AgentException(ErrorCode.APPSPEC_INVALID, message);
  }
}
