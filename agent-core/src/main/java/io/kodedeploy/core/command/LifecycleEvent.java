package io.kodedeploy.core.command;

import java.util.List;
import java.util.Objects;

/**
 * A lifecycle event, as the command service names it (host-agent.md section 6.1). Any name is
 * possible.
 */
public record LifecycleEvent(String name) {
  public static final LifecycleEvent BEFORE_BLOCK_TRAFFIC =
      new LifecycleEvent("BeforeBlockTraffic");
  public static final LifecycleEvent AFTER_BLOCK_TRAFFIC = new LifecycleEvent("AfterBlockTraffic");
  public static final LifecycleEvent APPLICATION_STOP = new LifecycleEvent("ApplicationStop");
  public static final LifecycleEvent DOWNLOAD_BUNDLE = new LifecycleEvent("DownloadBundle");
  public static final LifecycleEvent BEFORE_INSTALL = new LifecycleEvent("BeforeInstall");
  public static final LifecycleEvent INSTALL = new LifecycleEvent("Install");
  public static final LifecycleEvent AFTER_INSTALL = new LifecycleEvent("AfterInstall");
  public static final LifecycleEvent APPLICATION_START = new LifecycleEvent("ApplicationStart");
  public static final LifecycleEvent VALIDATE_SERVICE = new LifecycleEvent("ValidateService");
  public static final LifecycleEvent BEFORE_ALLOW_TRAFFIC =
      new LifecycleEvent("BeforeAllowTraffic");
  public static final LifecycleEvent AFTER_ALLOW_TRAFFIC = new LifecycleEvent("AfterAllowTraffic");

  /** The eleven events of a deployment in their order. */
  public static final List<LifecycleEvent> IN_ORDER =
      List.of(
          BEFORE_BLOCK_TRAFFIC,
          AFTER_BLOCK_TRAFFIC,
          APPLICATION_STOP,
          DOWNLOAD_BUNDLE,
          BEFORE_INSTALL,
          INSTALL,
          AFTER_INSTALL,
          APPLICATION_START,
          VALIDATE_SERVICE,
          BEFORE_ALLOW_TRAFFIC,
          AFTER_ALLOW_TRAFFIC);

  /** Refuses an absent name; the empty one is what a broken command carries. */
  public LifecycleEvent {
    Objects.requireNonNull(name, "name");
  }

  /** The event of that name, known or not. */
  public static LifecycleEvent of(String name) {
    return new LifecycleEvent(name);
  }

  /** Whether the agent itself carries this event out, so that it can have no scripts. */
  public boolean builtIn() {
    return equals(DOWNLOAD_BUNDLE) || equals(INSTALL);
  }

  /** Whether scripts of the AppSpec run in this event: one of the nine hook events. */
  public boolean hook() {
    return !builtIn() && IN_ORDER.contains(this);
  }

  @Override
  public String toString() {
    return name;
  }
}
