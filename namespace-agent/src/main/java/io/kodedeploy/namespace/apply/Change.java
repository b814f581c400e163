package io.kodedeploy.namespace.apply;

import io.kodedeploy.namespace.manifest.ObjectKey;
import java.util.Locale;

/**
 * What became of one object. Log, metrics, status and tests use the same value.
 *
 * @param subject the object
 * @param action what was done
 */
public record Change(ObjectKey subject, Action action) {
  /** What can be done. */
  public enum Action {
    CREATED,
    CONFIGURED,
    /** Deleted and created again, since a field that cannot be changed differs. */
    REPLACED,
    UNCHANGED,
    PRUNED,
    /** It left the bundle, but it is not ours to delete. */
    KEPT;

    /** The word for logs and metrics. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Override
  public String toString() {
    return subject + " " + action.word();
  }
}
