package io.kodedeploy.namespace.run;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.namespace.run.DockerRun.Volume;
import io.kodedeploy.namespace.run.JobRequest.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The volumes of a {@code docker run} as copies in its Job.
 *
 * @param trees what is copied
 * @param mounts where it appears
 */
record DockerMounts(List<Path> trees, List<Mount> mounts) {
  /** Its Job has it by itself, of its own account. */
  private static final List<Path> ACCOUNT =
      List.of(
          Path.of("/var/run/secrets/kubernetes.io/serviceaccount"),
          Path.of("/run/secrets/kubernetes.io/serviceaccount"));

  /**
   * Chooses.
   *
   * @param allowed folders that may be copied, with all that is in them
   * @throws AgentException {@code run-refused} for anything else, for what is not there, and for
   *     what leads out of them through a link
   */
  static DockerMounts of(List<Volume> volumes, List<Path> allowed) {
    var trees = new ArrayList<Path>();
    var mounts = new ArrayList<Mount>();
    for (var volume : volumes) {
      if (isAccount(volume)) {
        continue;
      }
      var source = Path.of(volume.source()).normalize();
      var target = Path.of(volume.target()).normalize();
      check(volume, source, allowed);
      mounts.add(new Mount(trees.size(), "", target.toString(), volume.readOnly()));
      trees.add(source);
    }
    return new DockerMounts(trees, mounts);
  }

  /** Whether it is the folder of the service account, at its own place. */
  static boolean isAccount(Volume volume) {
    return ACCOUNT.contains(Path.of(volume.source()).normalize())
        && ACCOUNT.contains(Path.of(volume.target()).normalize());
  }

  private static void check(Volume volume, Path source, List<Path> allowed) {
    try {
      if (allowed.stream().noneMatch(source::startsWith)) {
        throw refused(
            volume,
            "may only be below "
                + String.join(", ", allowed.stream().map(Path::toString).toList()));
      }
      if (!Files.exists(source)) {
        throw refused(volume, "does not exist");
      }
      var real = source.toRealPath();
      for (var folder : allowed) {
        if (Files.exists(folder) && real.startsWith(folder.toRealPath())) {
          return;
        }
      }
      throw refused(volume, "leads elsewhere through a link");
    } catch (IOException e) {
      throw refused(volume, "cannot be read: " + e.getMessage());
    }
  }

  private static AgentException refused(Volume volume, String problem) {
    return new AgentException(
        ErrorCode.RUN_REFUSED, "volume " + volume.text() + ": the source " + problem);
  }
}
