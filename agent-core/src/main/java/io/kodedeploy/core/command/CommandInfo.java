package io.kodedeploy.core.command;

import io.kodedeploy.core.spec.DeploymentSpec;

/**
 * A command that is being executed.
 *
 * @param id the service's host command identifier, or an id of our own for a local one
 * @param event what is executed
 * @param spec the deployment
 * @param local whether it came through {@link Host#execute} and nothing is reported to the service
 */
public record CommandInfo(String id, LifecycleEvent event, DeploymentSpec spec, boolean local) {}
