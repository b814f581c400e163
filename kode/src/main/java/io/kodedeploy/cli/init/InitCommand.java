package io.kodedeploy.cli.init;

import static java.util.Objects.requireNonNull;

import io.kodedeploy.cli.aws.Aws;
import io.kodedeploy.cli.codedeploy.NamespaceGroups;
import io.kodedeploy.cli.codedeploy.ServiceRole;
import io.kodedeploy.cli.console.CliException;
import io.kodedeploy.cli.console.ExitCode;
import io.kodedeploy.cli.console.Problem;
import io.kodedeploy.cli.console.Reporter;
import io.kodedeploy.cli.naming.Scope;
import io.kodedeploy.cli.options.ClusterOption;
import io.kodedeploy.cli.options.OutputOptions;
import io.kodedeploy.cli.options.ScopeOptions;
import io.kodedeploy.cli.options.ServiceRoleOption;
import io.kodedeploy.cli.options.Surroundings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes one namespace of one cluster a host of CodeDeploy, or undoes that. */
@Command(
    name = "init",
    mixinStandardHelpOptions = true,
    description = {
      "Makes one namespace of one cluster a host of CodeDeploy.",
      "",
      "Creates an IAM role with a policy for this namespace only, whose one session is the host (no"
          + " long-lived key; with --identity user an IAM user with an access key instead),"
          + " registers the on-premises instance ENVIRONMENT-CLUSTER-NAMESPACE, and writes"
          + " codedeploy.onpremises.yml, which the agent needs.",
      "Deployment groups select the host by the tag kodedeployenv. With a session it gets that at"
          + " its agent's first good poll, by the chart (membership.enabled), so that a host that"
          + " was never started blocks no deployment; --tags now gives it at once.",
      "A second run changes nothing; after a run that failed half-way it completes what is missing;"
          + " --rollback undoes it all."
    },
    footer = {
      "",
      "Examples:",
      "  kode init --cluster cluster1 --environment staging --namespace mycoolproduct",
      "  kode init --cluster green --environment prod --namespace shop --bucket my-bundles --out"
          + " shop \\",
      "      --oidc-provider https://oidc.eks.us-west-2.amazonaws.com/id/EXAMPLE",
      "  kode init --cluster green --environment prod --namespace shop --out shop --rollback",
      ""
    })
public final class InitCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Spec private @Nullable CommandSpec spec;
  @Mixin private ScopeOptions scopes = new ScopeOptions();
  @Mixin private ClusterOption clusters = new ClusterOption();
  @Mixin private ServiceRoleOption serviceRole = new ServiceRoleOption();
  @Mixin private TrustOptions trust = new TrustOptions();
  @Mixin private OutputOptions output = new OutputOptions();

  @Option(
      names = "--identity",
      paramLabel = "session|user",
      description = {
        "How the host proves who it is; session: a session of a role of its own; user: an IAM user"
            + " with an access key.",
        "Default: what the instance is registered with, else session."
      })
  private @Nullable IdentityForm identity;

  @Option(
      names = "--tags",
      paramLabel = "now|later",
      description = {
        "When deployment groups select the host; later: at its agent's first good poll.",
        "Default: later with a session, now with a user."
      })
  private @Nullable TagTime tags;

  @Option(
      names = "--bucket",
      paramLabel = "NAME",
      description = "The only bucket the host may read; default: any, under its own prefixes.")
  private @Nullable String bucket;

  @Option(
      names = "--applications",
      split = ",",
      paramLabel = "NAME",
      description =
          "Makes the namespace's deployment groups for these; default: kode deploy makes them.")
  private List<String> applications = List.of();

  @Option(
      names = "--release-namespace",
      paramLabel = "NAME",
      defaultValue = "kodedeploy",
      description = "Where the chart is installed; default: ${DEFAULT-VALUE}.")
  private String releaseNamespace = "kodedeploy";

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder for codedeploy.onpremises.yml; default: the working directory.")
  private @Nullable Path out;

  @Option(
      names = "--rollback",
      description =
          "Removes what init made for this namespace; what others made or use is refused or left.")
  private boolean rollback;

  /** Runs in these surroundings. */
  public InitCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws InterruptedException {
    var reporter = output.reporter(requireNonNull(spec));
    var order = order();
    Path folder =
        surroundings.workingDirectory().resolve(out == null ? Path.of("") : out).normalize();
    var file = new IdentityFile(folder);
    var membership = new IdentityFile(folder, IdentityFile.MEMBERSHIP);
    try (Aws aws = surroundings.aws().get()) {
      if (rollback) {
        return new InitRollback(aws, reporter, surroundings.ticker())
            .run(order, applications, file, membership);
      }
      if (serviceRole.given().isPresent()) {
        new ServiceRole(aws).arn(serviceRole.given()); // so that the first deploy finds it
      }
      var done = new HostInit(aws, reporter).complete(order, file, membership);
      groups(aws, reporter, order.scope());
      String instance = order.scope().instanceName();
      reporter.result(
          done.changed() ? "initialised" : "unchanged",
          (done.changed() ? "initialised: " : "unchanged: ")
              + instance
              + "; its identity is in "
              + file.path(),
          Map.of("instance", instance, "file", file.path().toString()));
      NextSteps.print(
          reporter,
          order,
          done,
          file,
          done.membership() && done.form() == IdentityForm.SESSION
              ? Optional.of(membership)
              : Optional.empty());
    }
    return ExitCode.DONE;
  }

  private HostInit.Order order() {
    String cluster = clusters.name();
    var scope = scopes.scope(Optional.of(cluster));
    applications.forEach(name -> Scope.checkName("--applications", name));
    Scope.checkName("--release-namespace", releaseNamespace);
    var wanted = trust.trust(cluster);
    if (identity == IdentityForm.USER && wanted.isPresent()) {
      throw new CliException(
              Problem.USAGE_INVALID,
              "--oidc-provider, --pod-role and --assumed-by: expected with a session, found"
                  + " --identity user.",
              "leave one of the two out.")
          .exitCode(ExitCode.USAGE);
    }
    return new HostInit.Order(
        scope,
        Optional.ofNullable(bucket),
        Optional.ofNullable(identity),
        wanted,
        trust.tokenFile(),
        Optional.ofNullable(tags),
        releaseNamespace);
  }

  /** The group of all clusters and that of this one, for each application. */
  private void groups(Aws aws, Reporter reporter, Scope scope) throws InterruptedException {
    var groups = new NamespaceGroups(aws, reporter, surroundings.ticker());
    var everywhere = new Scope(scope.environment(), scope.namespace(), Optional.empty());
    for (var application : applications) {
      groups.ensureApplication(application);
      groups.ensureGroup(application, everywhere, serviceRole.given());
      groups.ensureGroup(application, scope, serviceRole.given());
    }
  }
}
