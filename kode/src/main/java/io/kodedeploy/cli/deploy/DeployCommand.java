package io.kodedeploy.cli.deploy;

import static java.util.Objects.requireNonNull;

import io.kodedeploy.cli.aws.Aws;
import io.kodedeploy.cli.bundle.BundleZip;
import io.kodedeploy.cli.codedeploy.DeploymentEnd;
import io.kodedeploy.cli.codedeploy.DeploymentOrder;
import io.kodedeploy.cli.codedeploy.Deployments;
import io.kodedeploy.cli.codedeploy.NamespaceGroups;
import io.kodedeploy.cli.codedeploy.Revisions;
import io.kodedeploy.cli.console.CliException;
import io.kodedeploy.cli.console.ExitCode;
import io.kodedeploy.cli.console.Problem;
import io.kodedeploy.cli.console.Reporter;
import io.kodedeploy.cli.console.Spans;
import io.kodedeploy.cli.options.DeploymentOptions;
import io.kodedeploy.cli.options.OutputOptions;
import io.kodedeploy.cli.options.ScopeOptions;
import io.kodedeploy.cli.options.ServiceRoleOption;
import io.kodedeploy.cli.options.Surroundings;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Deploys a folder to a namespace in every cluster of an environment, or in one. */
@Command(
    name = "deploy",
    mixinStandardHelpOptions = true,
    description = {
      "Deploys a folder to a namespace in every cluster of an environment, or in one.",
      "",
      "The folder's appspec.yml is used when there is one. Otherwise kode writes one into the"
          + " bundle (never into the folder): without --command the manifests in deploy/kubernetes"
          + " are applied, with --command it runs in the bundle's folder beside the agent, with"
          + " --image as well it runs as a Job in that image.",
      "Before it starts it names hosts that have not reported to the bucket for 15 minutes: a"
          + " deployment waits for dead ones until its time is over.",
      "Ends with 0 only when every target succeeded."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:every target succeeded",
      "1:failed",
      "2:wrong usage",
      "4:the time is over and the deployment is still running"
    },
    footer = {
      "",
      "Examples:",
      "  kode deploy --environment staging --namespace shop --application cart --bucket my-bundles",
      "  kode deploy --cluster blue --environment staging --namespace shop --application cart \\",
      "      --command \"kubectl apply -f deploy/kubernetes\" --bucket my-bundles",
      "  kode deploy --environment staging --namespace shop --application cart \\",
      "      --image ghcr.io/helmfile/helmfile:v1.1.7 --command \"helmfile apply\" --bucket"
          + " my-bundles",
      ""
    })
public final class DeployCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Spec private @Nullable CommandSpec spec;
  @Mixin private ScopeOptions scopes = new ScopeOptions();
  @Mixin private DeploymentOptions deployment = new DeploymentOptions();
  @Mixin private ServiceRoleOption serviceRole = new ServiceRoleOption();
  @Mixin private OutputOptions output = new OutputOptions();

  @Option(
      names = "--cluster",
      paramLabel = "NAME",
      description = "This cluster only; default: every cluster of the environment.")
  private @Nullable String cluster;

  @Option(
      names = "--command",
      paramLabel = "COMMAND",
      description = "Shell command that deploys, run in the bundle's folder.")
  private @Nullable String command;

  @Option(
      names = "--image",
      paramLabel = "IMAGE",
      description = "Runs --command as a Job in this image.")
  private @Nullable String image;

  @Option(
      names = "--source",
      paramLabel = "DIR",
      description = "Folder to deploy; default: the working directory.")
  private @Nullable Path source;

  /** Runs in these surroundings. */
  public DeployCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws InterruptedException {
    var reporter = output.reporter(requireNonNull(spec));
    var scope = scopes.scope(Optional.ofNullable(cluster));
    String application = deployment.application();
    String bucket = deployment.bucket();
    var bundle =
        BundleZip.of(
            BundleContent.of(
                surroundings
                    .workingDirectory()
                    .resolve(source == null ? Path.of("") : source)
                    .normalize(),
                Optional.ofNullable(command),
                Optional.ofNullable(image)));
    try (Aws aws = surroundings.aws().get()) {
      var ticker = surroundings.ticker();
      var deadline = ticker.now().plus(deployment.timeout());
      var groups = new NamespaceGroups(aws, reporter, ticker);
      groups.ensureApplication(application);
      groups.ensureGroup(application, scope, serviceRole.given());
      var revision =
          new Revisions(aws, reporter)
              .push(application, bucket, scope.bundleKey(application, bundle.sha256()), bundle);
      new QuietHosts(aws, reporter, ticker).warn(scope, bucket);
      var deployments = new Deployments(aws, reporter, ticker);
      String id =
          deployments.create(
              new DeploymentOrder(
                  application,
                  scope.groupName(),
                  revision,
                  "kode deploy " + UUID.randomUUID(),
                  Optional.empty()),
              deadline);
      return judge(deployments, deployments.watch(id, deadline), reporter);
    }
  }

  private int judge(Deployments deployments, DeploymentEnd end, Reporter reporter) {
    return switch (end) {
      case DeploymentEnd.Succeeded(var id, var targets) -> {
        reporter.result(
            "deployed",
            "deployed: " + id + " succeeded on all " + targets.size() + " targets",
            Map.of("deploymentId", id, "succeeded", targets.size()));
        yield ExitCode.DONE;
      }
      case DeploymentEnd.Failed failed -> {
        deployments.explain(failed);
        long succeeded = failed.targets().stream().filter(t -> t.succeeded()).count();
        throw new CliException(
            Problem.DEPLOYMENT_FAILED,
            failed.id()
                + ": "
                + succeeded
                + " of "
                + failed.targets().size()
                + " targets succeeded; CodeDeploy calls it "
                + failed.status()
                + (failed.reason().isEmpty() ? "" : " (" + failed.reason() + ")")
                + ".",
            failed.targets().isEmpty()
                ? "register a namespace with kode init, or check environment, namespace and"
                    + " cluster."
                : "correct what failed above and deploy again.");
      }
      case DeploymentEnd.StillRunning(var id, _) ->
          throw new CliException(
                  Problem.DEPLOYMENT_RUNNING,
                  id + " is still running after " + Spans.text(deployment.timeout()) + ".",
                  "watch it (aws deploy get-deployment --deployment-id "
                      + id
                      + ") or wait longer with --timeout.")
              .exitCode(ExitCode.STILL_RUNNING);
    };
  }
}
