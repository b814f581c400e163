/**
 * Elastic Load Balancing v2: the API, and the data path that carries real HTTP requests.
 *
 * <p>A load balancer has a loopback address of its own and binds its listeners there. Target groups
 * check their targets by real requests and drain them for real. One difference from AWS, on
 * purpose: a group whose targets are all unhealthy answers 503 instead of "failing open", so that a
 * release which switches to targets that are not ready shows as failed requests.
 */
@NullMarked
package io.kodedeploy.simulator.elb;

import org.jspecify.annotations.NullMarked;
