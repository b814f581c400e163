/**
 * Runs the scripts of an AppSpec: processes, time limits, what they print and where it is logged.
 * Which revision supplies the scripts is decided elsewhere.
 */
@NullMarked
package io.kodedeploy.core.hook;

import org.jspecify.annotations.NullMarked;
