/** Runs the conformance cases of the service specification. */
@NullMarked
package io.kodedeploy.simulator.conformance;

import org.jspecify.annotations.NullMarked;
