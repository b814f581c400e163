package io.kodedeploy.namespace.run;

import io.kodedeploy.namespace.manifest.OwnObjects;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * One Job as it is wanted.
 *
 * @param name of the Job and of its Secret
 * @param purpose who wants it
 * @param deploymentId the deployment for which it runs
 * @param event the lifecycle event in which it runs
 * @param workload what runs; its working directory is absolute
 * @param timeout from its start to its end
 * @param trees folders of this host that the Job gets copies of, each known by its place in the
 *     list
 * @param mounts where they appear inside
 * @param folders absolute paths of empty folders inside
 */
record JobRequest(
    String name,
    Purpose purpose,
    String deploymentId,
    String event,
    Workload workload,
    Duration timeout,
    List<Path> trees,
    List<Mount> mounts,
    List<Path> folders) {
  static final String PURPOSE_LABEL = "kodedeploy.io/run";
  static final String DEPLOYMENT_LABEL = "kodedeploy.io/deployment";
  static final String EVENT_LABEL = "kodedeploy.io/event";

  /** Who wants a Job. */
  enum Purpose {
    /** The AppSpec; a restarted agent goes on with it. */
    STEP("step"),
    /** A script's {@code docker run}; it ends with the script. */
    DOCKER("docker"),
    /** The scripts of an event; a restarted agent goes on with it. */
    SCRIPTS("scripts");

    private final String label;

    Purpose(String label) {
      this.label = label;
    }

    String label() {
      return label;
    }
  }

  /**
   * A tree, or a part of it, inside.
   *
   * @param tree its place in {@link JobRequest#trees}
   * @param part path below the tree, empty for all of it
   * @param path where it appears
   */
  record Mount(int tree, String part, String path, boolean readOnly) {}

  JobRequest {
    trees = List.copyOf(trees);
    mounts = List.copyOf(mounts);
    folders = List.copyOf(folders);
  }

  /** A Job without folders. */
  JobRequest(
      String name,
      Purpose purpose,
      String deploymentId,
      String event,
      Workload workload,
      Duration timeout,
      List<Path> trees,
      List<Mount> mounts) {
    this(name, purpose, deploymentId, event, workload, timeout, trees, mounts, List.of());
  }

  /** The name of the Job of an entry: the same after a restart. */
  static String stepName(String deploymentId, String event, int index) {
    return stepName(deploymentId, event, Integer.toString(index));
  }

  /** As above, for what is no entry. */
  static String stepName(String deploymentId, String event, String index) {
    return OwnObjects.RUN_PREFIX + digest(deploymentId + "/" + event + "/" + index);
  }

  /** What everything of this Job carries. */
  Map<String, String> labels() {
    return Map.of(
        "app.kubernetes.io/managed-by",
        "kodedeploy",
        PURPOSE_LABEL,
        purpose.label(),
        DEPLOYMENT_LABEL,
        OwnObjects.labelValue(deploymentId),
        EVENT_LABEL,
        OwnObjects.labelValue(event));
  }

  private static String digest(String text) {
    try {
      var sha256 = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha256.digest(text.getBytes(StandardCharsets.UTF_8)), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
