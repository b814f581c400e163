/**
 * EC2: instances, their tags, their loopback addresses and their metadata endpoints.
 *
 * <p>What starts and ends instances is package {@code world}; what runs on them is not known here.
 */
@NullMarked
package io.kodedeploy.simulator.ec2;

import org.jspecify.annotations.NullMarked;
