/**
 * Auto Scaling groups: members and their lifecycle states, standby, attached target groups.
 *
 * <p>Which machines there are is the business of a {@link
 * io.kodedeploy.simulator.autoscaling.Fleet}.
 */
@NullMarked
package io.kodedeploy.simulator.autoscaling;

import org.jspecify.annotations.NullMarked;
