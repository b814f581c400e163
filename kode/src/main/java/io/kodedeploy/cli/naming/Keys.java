package io.kodedeploy.cli.naming;

/** Keys of what is no namespace's. */
public final class Keys {
  /** Name of the CodeDeploy service role when none is given. */
  public static final String SERVICE_ROLE = "codedeploy-service";

  private Keys() {}

  /** Where bundles for nodes lie. */
  public static String nodeBundle(String application, String sha256) {
    return "kodedeploy-node/" + application + "/" + sha256 + ".zip";
  }

  /** Where the journal of an application's releases lies. */
  public static String releaseJournal(String application) {
    return "kodedeploy-release/" + application + ".json";
  }

  /** Under which the hosts of an environment write their records. */
  public static String hostRecords(String environment) {
    return "kodedeploy-status/" + environment + "/";
  }

  /** Name of the deployment group of one cluster's nodes. */
  public static String releaseGroup(String application, String cluster) {
    return application + "-" + cluster;
  }
}
