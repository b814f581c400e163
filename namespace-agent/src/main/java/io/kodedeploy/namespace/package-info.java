/** The main class and its wiring. */
@NullMarked
package io.kodedeploy.namespace;

import org.jspecify.annotations.NullMarked;
