/**
 * The node's own Kubernetes: node ports of Services, Events on the Node. It never changes a Node.
 * The only package here that knows fabric8; everything works without a cluster.
 */
@NullMarked
package io.kodedeploy.node.node;

import org.jspecify.annotations.NullMarked;
