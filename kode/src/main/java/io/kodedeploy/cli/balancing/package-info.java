/** What load balancers say about their targets. */
@NullMarked
package io.kodedeploy.cli.balancing;

import org.jspecify.annotations.NullMarked;
