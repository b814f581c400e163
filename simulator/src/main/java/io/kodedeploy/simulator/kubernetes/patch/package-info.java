/**
 * How a Kubernetes object changes: merge patch, strategic merge patch, JSON patch, server-side
 * apply and the record of who owns which field. Pure functions over JSON trees; no storage, no
 * HTTP, no clock.
 */
@NullMarked
package io.kodedeploy.simulator.kubernetes.patch;

import org.jspecify.annotations.NullMarked;
