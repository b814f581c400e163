/** The main class and its wiring. */
@NullMarked
package io.kodedeploy.cli;

import org.jspecify.annotations.NullMarked;
