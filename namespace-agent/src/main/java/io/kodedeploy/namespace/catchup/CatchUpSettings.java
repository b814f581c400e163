package io.kodedeploy.namespace.catchup;

import io.kodedeploy.core.command.Acceptance;
import io.kodedeploy.namespace.cluster.ClusterBoard;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * How catch-up works.
 *
 * @param enabled false for {@code catch-up.mode: off}
 * @param byService true for {@code catch-up.mode: codedeploy}
 * @param namespace that this host serves
 * @param instance name of this host's on-premises instance
 * @param pause of the namespace
 * @param host tags by which groups select this host, unless the instance's own say otherwise
 * @param interval time between rounds when all is well
 * @param drift what is done about objects that others changed
 * @param board what the agents of this cluster share; empty when they share nothing
 * @param shareGroups whether they share the list of groups
 * @param waveLimit how long lower waves are waited for
 * @param acceptance groups it does not take are none of this host's
 * @param budget of calls to CodeDeploy, of all hosts of this process; empty: its own
 * @param proxy of the CodeDeploy client
 */
public record CatchUpSettings(
    boolean enabled,
    boolean byService,
    String namespace,
    String instance,
    CatchUpService.Pause pause,
    HostTags host,
    Duration interval,
    DriftSettings drift,
    Optional<ClusterBoard> board,
    boolean shareGroups,
    Duration waveLimit,
    Acceptance acceptance,
    Optional<CallBudget> budget,
    Optional<URI> proxy) {}
