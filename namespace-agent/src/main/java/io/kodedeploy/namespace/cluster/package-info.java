/**
 * The Kubernetes API server as this agent needs it: generic objects as JSON over fabric8's client,
 * discovery, and the agent's own records in the namespace. Knows nothing of CodeDeploy.
 */
@NullMarked
package io.kodedeploy.namespace.cluster;

import org.jspecify.annotations.NullMarked;
