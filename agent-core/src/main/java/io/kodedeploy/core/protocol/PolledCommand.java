package io.kodedeploy.core.protocol;

/**
 * A command as the service hands it out; a missing member is empty.
 *
 * @param hostCommandIdentifier opaque, copied unchanged
 * @param hostIdentifier whose command it is; part of our own identifier
 * @param deploymentExecutionId opaque
 * @param commandName a lifecycle event
 */
public record PolledCommand(
    String hostCommandIdentifier,
    String hostIdentifier,
    String deploymentExecutionId,
    String commandName) {}
