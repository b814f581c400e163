/**
 * How the node's deployments went: which revision of each application it should carry and which it
 * carries. Told by the host's events; kept in the state folder.
 */
@NullMarked
package io.kodedeploy.node.progress;

import org.jspecify.annotations.NullMarked;
