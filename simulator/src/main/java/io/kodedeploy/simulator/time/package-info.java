/**
 * The one clock of a simulator: every wait, timeout and period runs on it. No other package sleeps.
 */
@NullMarked
package io.kodedeploy.simulator.time;

import org.jspecify.annotations.NullMarked;
