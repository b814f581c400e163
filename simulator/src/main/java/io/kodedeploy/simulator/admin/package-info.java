/** The routes below {@code /_simulator} that belong to no single service. */
@NullMarked
package io.kodedeploy.simulator.admin;

import org.jspecify.annotations.NullMarked;
