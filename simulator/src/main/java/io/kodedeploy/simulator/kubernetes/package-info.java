/**
 * In-memory Kubernetes clusters: an API server with storage, watches and server-side apply, the
 * controllers of workloads and services, and virtual pods that answer on real node ports.
 *
 * <p>Made for the demo and for trying things out; what proves an agent is a real API server. Not
 * here: validation by schema, authorization, admission webhooks, custom kinds, containers.
 */
@NullMarked
package io.kodedeploy.simulator.kubernetes;

import org.jspecify.annotations.NullMarked;
