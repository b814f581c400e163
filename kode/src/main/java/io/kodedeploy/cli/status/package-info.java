/**
 * {@code kode status}: what is deployed where, from CodeDeploy, the bucket and the load balancer.
 */
@NullMarked
package io.kodedeploy.cli.status;

import org.jspecify.annotations.NullMarked;
