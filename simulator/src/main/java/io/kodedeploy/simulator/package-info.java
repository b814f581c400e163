/** The main class and its wiring. */
@NullMarked
package io.kodedeploy.simulator;

import org.jspecify.annotations.NullMarked;
