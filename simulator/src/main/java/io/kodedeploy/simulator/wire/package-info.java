/**
 * The front of the simulator: one HTTP port, signatures, routing to services, error formats, faults
 * and the record of calls. Nothing here knows a particular service.
 */
@NullMarked
package io.kodedeploy.simulator.wire;

import org.jspecify.annotations.NullMarked;
