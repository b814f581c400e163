package io.kodedeploy.core.config;

/**
 * What a bundle may hold (host-agent.md 14.5). The official agent has these as options; here the
 * ones that no honest bundle breaks are on. Whatever they say, nothing is written outside the
 * archive, device nodes and pipes are refused, and a zip never gives setuid.
 *
 * @param rejectPathTraversal {@code reject_path_traversal_in_bundle}, true: absolute names and
 *     {@code ..} fail the command. False strips a leading {@code /} as tar does, and takes a {@code
 *     ..} that stays inside
 * @param rejectSymlinks {@code reject_symlinks_in_bundle}, false: links are content
 * @param rejectUnsafePermissions {@code reject_unsafe_permissions_in_bundle}, true: files with
 *     setuid or setgid fail the command; of a folder setgid only says whose its files are. False
 *     keeps the bits of a tar
 * @param rejectUnconfinedSelinux {@code reject_unconfined_selinux_in_bundle}, false: contexts of
 *     unconfined users and types may be asked for
 * @param rejectSymlinkPermissionTargets {@code reject_symlink_permission_targets}, true: no
 *     permissions are given through a symbolic link to what the deployment does not install. False
 *     follows every link
 * @param ignoreOwnership {@code ignore_ownership_in_bundle}, false: owners in a tar are kept, if
 *     the agent is root
 * @param maxExtractionBytes {@code archive_max_extraction_size}, real bytes of all members
 *     together, 64 GiB; 0 for no limit
 */
public record BundleRules(
    boolean rejectPathTraversal,
    boolean rejectSymlinks,
    boolean rejectUnsafePermissions,
    boolean rejectUnconfinedSelinux,
    boolean rejectSymlinkPermissionTargets,
    boolean ignoreOwnership,
    long maxExtractionBytes) {
  /** What holds when nothing is said. */
  public static final BundleRules DEFAULTS =
      new BundleRules(true, false, true, false, true, false, 64L << 30);

  static BundleRules of(OfficialValues values) {
    return new BundleRules(
        values.flag("reject_path_traversal_in_bundle", DEFAULTS.rejectPathTraversal),
        values.flag("reject_symlinks_in_bundle", DEFAULTS.rejectSymlinks),
        values.flag("reject_unsafe_permissions_in_bundle", DEFAULTS.rejectUnsafePermissions),
        values.flag("reject_unconfined_selinux_in_bundle", DEFAULTS.rejectUnconfinedSelinux),
        values.flag("reject_symlink_permission_targets", DEFAULTS.rejectSymlinkPermissionTargets),
        values.flag("ignore_ownership_in_bundle", DEFAULTS.ignoreOwnership),
        values.bytes("archive_max_extraction_size", DEFAULTS.maxExtractionBytes));
  }
}
