package io.kodedeploy.simulator.codedeploy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The order of events (3.1). */
final class LifecycleEvents {
  static final String BLOCK_TRAFFIC = "BlockTraffic";
  static final String ALLOW_TRAFFIC = "AllowTraffic";

  /** Events whose failure {@code ignoreApplicationStopFailures} forgives. */
  static final Set<String> FORGIVABLE =
      Set.of("ApplicationStop", "BeforeBlockTraffic", "AfterBlockTraffic");

  private static final List<String> INSTALL =
      List.of(
          "ApplicationStop",
          "DownloadBundle",
          "BeforeInstall",
          "Install",
          "AfterInstall",
          "ApplicationStart",
          "ValidateService");

  private LifecycleEvents() {}

  static List<String> inPlace(boolean trafficControl) {
    if (!trafficControl) {
      return INSTALL;
    }
    var events = new ArrayList<>(List.of("BeforeBlockTraffic", BLOCK_TRAFFIC, "AfterBlockTraffic"));
    events.addAll(INSTALL);
    events.addAll(List.of("BeforeAllowTraffic", ALLOW_TRAFFIC, "AfterAllowTraffic"));
    return events;
  }

  static boolean isDoneByService(String event) {
    return event.equals(BLOCK_TRAFFIC) || event.equals(ALLOW_TRAFFIC);
  }
}
