package io.kodedeploy.namespace.apply;

import io.kodedeploy.namespace.manifest.Protection;
import java.time.Duration;

/**
 * How a namespace's agent applies.
 *
 * @param namespace that it serves
 * @param defaultWait limit of the wait of entries that name none; {@code apply.wait}
 * @param clusterScope whether objects of the whole cluster may be written; {@code
 *     apply.cluster-scope}
 * @param searchPath {@code PATH} on which kustomize or kubectl is looked for; empty where no tool
 *     may be executed, and kustomizations are refused
 * @param protection what bundles must not use
 */
public record ApplySettings(
    String namespace,
    Duration defaultWait,
    boolean clusterScope,
    String searchPath,
    Protection protection) {}
