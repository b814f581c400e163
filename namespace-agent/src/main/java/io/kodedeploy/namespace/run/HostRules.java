package io.kodedeploy.namespace.run;

import io.kodedeploy.core.command.LifecycleEvent;
import io.kodedeploy.core.command.LifecycleStep;
import io.kodedeploy.core.command.StepContext;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.spec.AppSpec;
import io.kodedeploy.namespace.manifest.Protection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Refuses a bundle that asks for what an unprivileged pod cannot do, as soon as it is fetched and
 * before anything of it is installed or run: {@code files:} outside of the install paths, {@code
 * runas}, {@code sudo}, an owner that is not the agent's account, a {@code kodedeploy.run} that is
 * wrong. Does no work of its own.
 */
public final class HostRules implements LifecycleStep {
  private final List<Path> installPaths;
  private final String account;
  private final Set<String> accounts;
  private final Protection protection;

  /**
   * The rules of one agent.
   *
   * @param settings where {@code files:} may install
   * @param account name of the account that it runs as
   */
  public HostRules(RunSettings settings, String account) {
    this.installPaths = settings.installPaths();
    this.account = account;
    this.accounts = settings.allowedAccounts();
    this.protection = settings.protection();
  }

  @Override
  public String name() {
    return "kodedeploy.bundle";
  }

  @Override
  public Order order() {
    return Order.AFTER_SCRIPTS;
  }

  @Override
  public boolean hasWork(LifecycleEvent event, StepContext context) {
    if (event.equals(LifecycleEvent.DOWNLOAD_BUNDLE)) {
      context.appSpec().ifPresent(this::check);
      context
          .appSpec()
          .flatMap(AppSpec::kodedeploy)
          .ifPresent(section -> RunSection.of(section, accounts, protection));
    }
    return false;
  }

  @Override
  public void run(LifecycleEvent event, StepContext context) {}

  /**
   * Checks.
   *
   * @throws AgentException {@code host-unsuited} with everything that cannot be
   */
  void check(AppSpec appSpec) {
    var problems = new ArrayList<String>();
    for (var file : appSpec.files()) {
      var target = Path.of(file.destination()).normalize();
      if (installPaths.stream().noneMatch(target::startsWith)) {
        problems.add(
            "files: destination \""
                + file.destination()
                + "\" is not below "
                + String.join(", ", installPaths.stream().map(Path::toString).toList())
                + "; add it to namespaceAgent.installPaths of the chart (install.paths)");
      }
    }
    for (var permission : appSpec.permissions()) {
      permission
          .owner()
          .filter(owner -> !owner.equals(account))
          .ifPresent(
              owner ->
                  problems.add(
                      "permissions: owner \""
                          + owner
                          + "\" of "
                          + permission.object()
                          + ": the agent is \""
                          + account
                          + "\" and may give files to nobody else; leave owner out"));
    }
    appSpec
        .hooks()
        .forEach(
            (event, scripts) ->
                scripts.forEach(
                    script -> {
                      script.runAs().ifPresent(user -> problems.add(runAs(event, user)));
                      if (script.sudo()) {
                        problems.add("hooks." + event + ": sudo: true, but a pod has no sudo");
                      }
                    }));
    if (!problems.isEmpty()) {
      throw new AgentException(ErrorCode.HOST_UNSUITED, String.join("\n", problems));
    }
  }

  private static String runAs(String event, String user) {
    return "hooks."
        + event
        + ": runas: "
        + user
        + ", but a pod has one account; a Job can have another: kodedeploy.run: [{event: "
        + event
        + ", image: IMAGE, command: SCRIPT, runAsUser: NUMBER}]";
  }
}
