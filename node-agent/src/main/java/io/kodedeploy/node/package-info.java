/** The main class and its wiring. */
@NullMarked
package io.kodedeploy.node;

import org.jspecify.annotations.NullMarked;
