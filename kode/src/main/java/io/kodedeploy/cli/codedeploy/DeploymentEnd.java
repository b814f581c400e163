package io.kodedeploy.cli.codedeploy;

import java.util.List;

/** How a deployment ended for us: judged by its targets, never by its own status alone. */
public sealed interface DeploymentEnd {
  /** The deployment's id. */
  String id();

  /** Its targets as last seen. */
  List<TargetState> targets();

  /** Every target succeeded. */
  record Succeeded(String id, List<TargetState> targets) implements DeploymentEnd {
    /** Copies the list. */
    public Succeeded {
      targets = List.copyOf(targets);
    }
  }

  /**
   * At least one target did not, or there was none.
   *
   * @param status the deployment's own status, which may well be {@code Succeeded}
   * @param reason the service's error code and words, empty when it has none
   */
  record Failed(String id, String status, String reason, List<TargetState> targets)
      implements DeploymentEnd {
    /** Copies the list. */
    public Failed {
      targets = List.copyOf(targets);
    }
  }

  /** The time is over; the deployment goes on. */
  record StillRunning(String id, List<TargetState> targets) implements DeploymentEnd {
    /** Copies the list. */
    public StillRunning {
      targets = List.copyOf(targets);
    }
  }
}
