/**
 * Clusters: what ties instances, an Auto Scaling group and an in-memory Kubernetes together.
 *
 * <p>The two neighbours that a cluster needs and that live elsewhere are interfaces here: {@link
 * io.kodedeploy.simulator.world.KubernetesClusters} (package {@code kubernetes}) and {@link
 * io.kodedeploy.simulator.world.CredentialIssuer} (package {@code iam}).
 */
@NullMarked
package io.kodedeploy.simulator.world;

import org.jspecify.annotations.NullMarked;
