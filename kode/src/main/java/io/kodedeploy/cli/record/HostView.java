package io.kodedeploy.cli.record;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * One host record.
 *
 * @param environment where the host belongs
 * @param namespace the Kubernetes namespace
 * @param cluster the cluster
 * @param written when the host last said anything
 * @param applications what it carries, by application
 */
public record HostView(
    String environment,
    String namespace,
    String cluster,
    Instant written,
    Map<String, ApplicationView> applications) {
  /** Older than this, a record says nothing about the present (design section 8). */
  private static final Duration STALE = Duration.ofMinutes(15);

  /** Copies the map. */
  public HostView {
    applications = Map.copyOf(applications);
  }

  /**
   * One application on one host.
   *
   * @param wanted revision it should have, empty when none is known
   * @param installed revision it has, empty when it has none
   * @param sha256 digest of the installed bundle, empty when unknown
   * @param ready whether its objects are ready
   * @param reason why not, or why wanted and installed differ
   */
  public record ApplicationView(
      String wanted, String installed, String sha256, boolean ready, String reason) {
    /** Whether two hosts carry the same bundle. */
    public boolean same(ApplicationView other) {
      return (sha256.isEmpty() || other.sha256.isEmpty())
          ? !installed.isEmpty() && installed.equals(other.installed)
          : sha256.equals(other.sha256);
    }
  }

  /** Whether the record is too old to say anything. */
  public boolean unknownAt(Instant now) {
    return written.plus(STALE).isBefore(now);
  }

  /** The host in words. */
  public String words() {
    return "namespace " + namespace + " of cluster " + cluster;
  }
}
