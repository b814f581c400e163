package io.kodedeploy.namespace.manifest;

/**
 * For whom and where objects are written.
 *
 * @param application CodeDeploy application
 * @param namespace the agent's
 * @param clusterScope whether objects of the whole cluster may be written too, such as definitions
 */
public record ApplyTarget(String application, String namespace, boolean clusterScope) {}
