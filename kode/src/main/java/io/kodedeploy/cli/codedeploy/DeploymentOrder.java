package io.kodedeploy.cli.codedeploy;

import java.util.Optional;
import software.amazon.awssdk.services.codedeploy.model.RevisionLocation;

/**
 * What to deploy where.
 *
 * @param mark unique text in the description, by which a deployment is found again when the answer
 *     to its creation was lost
 * @param configuration instead of the group's own
 */
public record DeploymentOrder(
    String application,
    String group,
    RevisionLocation revision,
    String mark,
    Optional<String> configuration) {}
