/**
 * The AWS calls of the node: ELB, the node's Auto Scaling group and its deployment groups. One
 * retry policy and one budget for all of them. The only package here that knows the AWS SDK.
 */
@NullMarked
package io.kodedeploy.node.elb;

import org.jspecify.annotations.NullMarked;
