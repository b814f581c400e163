package io.kodedeploy.cli.codedeploy;

import io.kodedeploy.cli.aws.Aws;
import io.kodedeploy.cli.console.CliException;
import io.kodedeploy.cli.console.ExitCode;
import io.kodedeploy.cli.console.Problem;
import io.kodedeploy.cli.console.Reporter;
import io.kodedeploy.cli.console.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.codedeploy.model.DeploymentInfo;
import software.amazon.awssdk.services.codedeploy.model.DeploymentLimitExceededException;
import software.amazon.awssdk.services.codedeploy.model.DeploymentNotStartedException;
import software.amazon.awssdk.services.codedeploy.model.DeploymentStatus;
import software.amazon.awssdk.services.codedeploy.model.DeploymentTarget;

/** Creates deployments and watches them to their end. For one thread. */
public final class Deployments {
  /** What the service answers at most in one BatchGetDeploymentTargets (API text). */
  private static final int BATCH = 25;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(3);

  private final Aws aws;
  private final Reporter reporter;
  private final Ticker ticker;

  /** Uses the clients of a command. */
  public Deployments(Aws aws, Reporter reporter, Ticker ticker) {
    this.aws = aws;
    this.reporter = reporter;
    this.ticker = ticker;
  }

  /**
   * Creates a deployment. While another one occupies the group, waits for its end.
   *
   * @return the id
   * @throws CliException with exit code 4 when the other one outlives the deadline
   */
  public String create(DeploymentOrder order, Instant deadline) throws InterruptedException {
    while (true) {
      try {
        String id =
            aws.codeDeploy()
                .createDeployment(
                    request ->
                        request
                            .applicationName(order.application())
                            .deploymentGroupName(order.group())
                            .revision(order.revision())
                            .description(order.mark())
                            .deploymentConfigName(order.configuration().orElse(null)))
                .deploymentId();
        reporter.progress(
            "deployment",
            "deploy: " + id + " to group " + order.group(),
            Map.of("deploymentId", id, "group", order.group()));
        return id;
      } catch (DeploymentLimitExceededException e) {
        var ours = find(order.application(), order.group(), order.mark());
        if (ours.isPresent()) {
          return ours.get();
        }
        awaitOther(order, deadline, e);
      }
    }
  }

  /** The deployment with this mark among a group's newest, if it was ever created. */
  public Optional<String> find(String application, String group, String mark) {
    var ids =
        aws
            .codeDeploy()
            .listDeployments(
                request -> request.applicationName(application).deploymentGroupName(group))
            .deployments()
            .stream()
            .limit(BATCH)
            .toList();
    if (ids.isEmpty()) {
      return Optional.empty();
    }
    return aws
        .codeDeploy()
        .batchGetDeployments(request -> request.deploymentIds(ids))
        .deploymentsInfo()
        .stream()
        .filter(info -> mark.equals(info.description()))
        .map(DeploymentInfo::deploymentId)
        .findFirst();
  }

  private void awaitOther(
      DeploymentOrder order, Instant deadline, DeploymentLimitExceededException refusal)
      throws InterruptedException {
    var running =
        aws.codeDeploy()
            .listDeployments(
                request ->
                    request
                        .applicationName(order.application())
                        .deploymentGroupName(order.group())
                        .includeOnlyStatuses(
                            DeploymentStatus.CREATED,
                            DeploymentStatus.QUEUED,
                            DeploymentStatus.IN_PROGRESS,
                            DeploymentStatus.BAKING,
                            DeploymentStatus.READY))
            .deployments();
    String other = running.isEmpty() ? "another deployment" : running.getFirst();
    reporter.progress(
        "waiting",
        "deploy: group " + order.group() + " is occupied by " + other + "; waiting for its end",
        Map.of("group", order.group(), "deploymentId", other));
    var pause = FIRST_PAUSE;
    do {
      if (!ticker.now().isBefore(deadline)) {
        throw new CliException(
                Problem.DEPLOYMENT_RUNNING,
                other + " still occupies group " + order.group() + "; ours was not created.",
                "wait for it, or stop it: aws deploy stop-deployment --deployment-id " + other)
            .exitCode(ExitCode.STILL_RUNNING)
            .because(refusal);
      }
      ticker.pause(pause);
      pause = longer(pause);
    } while (!running.isEmpty() && !info(other).completed());
  }

  /**
   * Watches a deployment to its end and reports every change of every target.
   *
   * @return how it ended, also when the deadline passes first
   */
  public DeploymentEnd watch(String id, Instant deadline) throws InterruptedException {
    var seen = new HashMap<String, String>();
    var pause = FIRST_PAUSE;
    while (true) {
      var info = info(id);
      var targets = targets(id);
      if (report(targets, seen)) {
        pause = FIRST_PAUSE;
      }
      if (info.completed()) {
        return judge(info, targets);
      }
      if (!ticker.now().isBefore(deadline)) {
        return new DeploymentEnd.StillRunning(id, targets);
      }
      ticker.pause(pause);
      pause = longer(pause);
    }
  }

  private static Duration longer(Duration pause) {
    var next = pause.multipliedBy(3).dividedBy(2);
    return next.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : next;
  }

  private record Info(String id, String status, boolean completed, String reason) {}

  private Info info(String id) {
    var info = aws.codeDeploy().getDeployment(request -> request.deploymentId(id)).deploymentInfo();
    var error = info.errorInformation();
    return new Info(
        id,
        info.statusAsString(),
        switch (info.status()) {
          case SUCCEEDED, FAILED, STOPPED -> true;
          default -> false;
        },
        error == null ? "" : error.codeAsString() + ": " + error.message());
  }

  private List<TargetState> targets(String id) {
    return targets(aws, id);
  }

  /** The targets of a deployment as they are now; none before it has started. */
  public static List<TargetState> targets(Aws aws, String id) {
    var ids = new ArrayList<String>();
    try {
      String token = null;
      do {
        String next = token;
        var page =
            aws.codeDeploy()
                .listDeploymentTargets(request -> request.deploymentId(id).nextToken(next));
        ids.addAll(page.targetIds());
        token = page.nextToken();
      } while (token != null);
    } catch (DeploymentNotStartedException _) {
      return List.of();
    }
    var targets = new ArrayList<DeploymentTarget>();
    for (int from = 0; from < ids.size(); from += BATCH) {
      var chunk = ids.subList(from, Math.min(from + BATCH, ids.size()));
      targets.addAll(
          aws.codeDeploy()
              .batchGetDeploymentTargets(request -> request.deploymentId(id).targetIds(chunk))
              .deploymentTargets());
    }
    return targets.stream().map(TargetState::of).toList();
  }

  private boolean report(List<TargetState> targets, Map<String, String> seen) {
    boolean changed = false;
    for (var target : targets) {
      String now = target.status() + " " + target.stage();
      if (now.equals(seen.put(target.id(), now))) {
        continue;
      }
      changed = true;
      reporter.progress(
          "target",
          "  %-28s %-11s %s"
              .formatted(target.id(), target.status(), target.stage())
              .stripTrailing(),
          Map.of("target", target.id(), "status", target.status(), "stage", target.stage()));
    }
    return changed;
  }

  private static DeploymentEnd judge(Info info, List<TargetState> targets) {
    boolean all = !targets.isEmpty() && targets.stream().allMatch(TargetState::succeeded);
    return info.status().equals("Succeeded") && all
        ? new DeploymentEnd.Succeeded(info.id(), targets)
        : new DeploymentEnd.Failed(info.id(), info.status(), info.reason(), targets);
  }

  /** Says which targets failed, where and why, with their logs. */
  public void explain(DeploymentEnd.Failed end) {
    for (var target : end.targets()) {
      if (target.succeeded()) {
        continue;
      }
      var failure = target.failure();
      var facts = new HashMap<String, Object>();
      facts.put("target", target.id());
      facts.put("status", target.status());
      failure.ifPresent(
          event -> {
            facts.put("lifecycleEvent", event.name());
            facts.put("errorCode", event.errorCode());
            facts.put("script", event.script());
            facts.put("message", event.message());
            facts.put("log", event.logTail());
          });
      reporter.progress(
          "target-failed",
          failure
              .map(event -> words(target, event))
              .orElse(target.id() + ": " + target.status() + ", never tried"),
          facts);
    }
  }

  private static String words(TargetState target, EventState event) {
    var text = new StringBuilder(target.id()).append(": ").append(event.name()).append(" failed");
    if (!event.errorCode().isEmpty()) {
      text.append(" (").append(event.errorCode()).append(")");
    }
    if (!event.script().isEmpty()) {
      text.append(" in ").append(event.script());
    }
    text.append(": ").append(event.message());
    event.logTail().lines().forEach(line -> text.append("\n    | ").append(line));
    return text.toString();
  }
}
