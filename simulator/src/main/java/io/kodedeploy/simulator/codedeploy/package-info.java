/**
 * CodeDeploy's control plane for the compute platform Server: resources, deployments, scheduler.
 */
@NullMarked
package io.kodedeploy.simulator.codedeploy;

import org.jspecify.annotations.NullMarked;
