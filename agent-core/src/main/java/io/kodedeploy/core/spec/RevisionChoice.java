package io.kodedeploy.core.spec;

/** Which revision supplies the AppSpec and scripts of a lifecycle event (host-agent.md 6.2). */
public enum RevisionChoice {
  /** The deployment that the command belongs to. */
  CURRENT,
  /** The deployment whose Install finished last; there may be none. */
  LAST_SUCCESSFUL,
  /** The deployment whose bundle was downloaded last; there may be none. */
  MOST_RECENT;

  /**
   * The choice for one event.
   *
   * @param event its name; an unknown one is a custom event
   * @param currentArchiveExists whether the current deployment has been unpacked already
   */
  public static RevisionChoice of(String event, DeploymentSpec spec, boolean currentArchiveExists) {
    if (currentArchiveExists) {
      return CURRENT;
    }
    var rollback = spec.blueGreenRollback();
    return switch (event) {
      case "BeforeBlockTraffic", "AfterBlockTraffic" -> rollback ? MOST_RECENT : LAST_SUCCESSFUL;
      case "ApplicationStop" -> LAST_SUCCESSFUL;
      case "BeforeAllowTraffic", "AfterAllowTraffic" -> rollback ? LAST_SUCCESSFUL : CURRENT;
      default -> CURRENT;
    };
  }
}
