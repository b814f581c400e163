/**
 * The node's part of a traffic switch: what the AppSpec asks, who registers the node, when it has
 * drained and when it is healthy.
 *
 * <p>Decisions are pure functions over values; calls go through the ports {@link
 * io.kodedeploy.node.traffic.LoadBalancing}, {@link io.kodedeploy.node.traffic.DeploymentGroups}
 * and {@link io.kodedeploy.node.traffic.NodePorts}. No AWS SDK and no Kubernetes client in here.
 * Only the node's own instance and the ports of its own record are ever registered or deregistered.
 */
@NullMarked
package io.kodedeploy.node.traffic;

import org.jspecify.annotations.NullMarked;
