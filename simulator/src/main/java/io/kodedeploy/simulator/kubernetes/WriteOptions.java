package io.kodedeploy.simulator.kubernetes;

/**
 * How a write is to be done.
 *
 * @param manager the field manager's name
 * @param subresource empty for the object itself
 * @param force whether an apply takes fields from other managers
 */
record WriteOptions(String manager, String subresource, boolean dryRun, boolean force) {
  /** The writes of the cluster's own controllers. */
  static final WriteOptions CONTROLLER =
      new WriteOptions("kube-controller-manager", "", false, false);

  static final WriteOptions CONTROLLER_STATUS =
      new WriteOptions("kube-controller-manager", "status", false, false);
}
