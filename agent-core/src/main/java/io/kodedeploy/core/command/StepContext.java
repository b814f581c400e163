package io.kodedeploy.core.command;

import io.kodedeploy.core.hook.ScriptLog;
import io.kodedeploy.core.spec.AppSpec;
import io.kodedeploy.core.spec.DeploymentSpec;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a step works with. AppSpec and archive are those of the revision that the event selects
 * (host-agent.md section 6.2): before DownloadBundle and around ApplicationStop that is the
 * installed one, later the new one. After a built-in event a fresh context is made, so a step that
 * follows DownloadBundle sees the new AppSpec.
 *
 * @param spec the deployment
 * @param appSpec empty when there is no revision yet
 * @param deploymentDirectory folder of the current deployment, whichever revision is selected
 * @param archive unpacked bundle of the selected revision; where it will be when there is none yet
 * @param log the event's script log; its end is reported when the step fails
 */
public record StepContext(
    DeploymentSpec spec,
    Optional<AppSpec> appSpec,
    Path deploymentDirectory,
    Path archive,
    ScriptLog log) {}
