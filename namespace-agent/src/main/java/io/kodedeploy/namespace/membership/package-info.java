/**
 * What the chart's membership Jobs do: give the hosts of a cluster the tag by which deployment
 * groups select them, when their agents have polled, and take it at uninstall. A program of its
 * own, with an identity of its own: the agent, in whose container bundles run scripts, may not tag.
 */
@NullMarked
package io.kodedeploy.namespace.membership;

import org.jspecify.annotations.NullMarked;
