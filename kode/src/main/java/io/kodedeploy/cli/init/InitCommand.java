package io.kodedeploy.cli.init;

import static java.util.Objects.requireNonNull;

import io.kodedeploy.cli.aws.Aws;
import io.kodedeploy.cli.codedeploy.ServiceRole;
import io.kodedeploy.cli.console.CliException;
import io.kodedeploy.cli.console.ExitCode;
import io.kodedeploy.cli.console.Problem;
import io.kodedeploy.cli.console.Reporter;
import io.kodedeploy.cli.naming.Scope;
import io.kodedeploy.cli.options.OutputOptions;
import io.kodedeploy.cli.options.Surroundings;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import software.amazon.awssdk.services.codedeploy.model.InstanceInfo;
import software.amazon.awssdk.services.iam.model.User;

/** Makes one namespace of one cluster a host of CodeDeploy. */
@Command(
    name = "init",
    mixinStandardHelpOptions = true,
    description = {
      "Makes one namespace of one cluster a host of CodeDeploy.",
      "",
      "Creates an IAM user with an access key and a policy for this namespace only, registers and"
          + " tags the on-premises instance ENVIRONMENT-CLUSTER-NAMESPACE, and writes"
          + " codedeploy.onpremises.yml, which the agent needs. A second run changes nothing; after"
          + " a run that failed half-way it completes what is missing."
    },
    footer = {
      "",
      "Examples:",
      "  kode init --cluster cluster1 --environment staging --namespace mycoolproduct",
      "  kode init --cluster green --environment prod --namespace shop --bucket my-bundles --out"
          + " shop",
      ""
    })
public final class InitCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Spec private @Nullable CommandSpec spec;
  @Mixin private OutputOptions output = new OutputOptions();

  @Option(
      names = "--cluster",
      required = true,
      paramLabel = "NAME",
      description = "Name of the Kubernetes cluster.")
  private String cluster = "";

  @Option(
      names = "--environment",
      required = true,
      paramLabel = "NAME",
      description = "Environment the cluster belongs to, such as production.")
  private String environment = "";

  @Option(
      names = "--namespace",
      required = true,
      paramLabel = "NAME",
      description = "Kubernetes namespace.")
  private String namespace = "";

  @Option(
      names = "--identity",
      paramLabel = "user",
      defaultValue = "user",
      description = "How the host proves who it is; user: an IAM user with an access key.")
  private Identity identity = Identity.USER;

  @Option(
      names = "--bucket",
      paramLabel = "NAME",
      description = "The only bucket the host may read; default: any, under its own prefixes.")
  private @Nullable String bucket;

  @Option(
      names = "--service-role",
      paramLabel = "ARN",
      description = "CodeDeploy's service role, checked here so that the first deploy finds it.")
  private @Nullable String serviceRole;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder for codedeploy.onpremises.yml; default: the working directory.")
  private @Nullable Path out;

  /** How a host proves who it is. */
  enum Identity {
    /** An IAM user with an access key. */
    USER,
    /** A session of a role that all hosts share. */
    SESSION
  }

  /** Runs in these surroundings. */
  public InitCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    var reporter = output.reporter(requireNonNull(spec));
    var scope = new Scope(environment, namespace, Optional.of(cluster));
    Path folder = surroundings.workingDirectory().resolve(out == null ? Path.of("") : out);
    var file = new IdentityFile(folder.normalize());
    if (identity == Identity.SESSION) {
      throw new CliException(
              Problem.USAGE_INVALID,
              "--identity: expected user, found session, which this version cannot make.",
              "use --identity user, or register the session's ARN yourself:"
                  + " aws deploy register-on-premises-instance --iam-session-arn ARN")
          .exitCode(ExitCode.USAGE);
    }
    try (Aws aws = surroundings.aws().get()) {
      if (serviceRole != null) {
        new ServiceRole(aws).arn(Optional.of(serviceRole));
      }
      boolean changed = complete(aws, reporter, scope, file);
      reporter.result(
          changed ? "initialised" : "unchanged",
          (changed ? "initialised: " : "unchanged: ")
              + scope.instanceName()
              + "; its identity is in "
              + file.path(),
          Map.of("instance", scope.instanceName(), "file", file.path().toString()));
      NextSteps.print(reporter, scope, file.path());
    }
    return ExitCode.DONE;
  }

  /** Whether anything had to be done. */
  private boolean complete(Aws aws, Reporter reporter, Scope scope, IdentityFile file) {
    var registration = new Registration(aws, reporter);
    var users = new HostUser(aws, reporter);
    String userName = HostUser.name(scope.instanceName());
    var registered = registration.find(scope);
    registered.ifPresent(info -> Registration.verify(info, scope, userName));
    refuseForeign(file, userName);

    boolean newUser = users.find(userName).isEmpty();
    var user = users.ensure(userName);
    boolean newKey = ensureKey(aws, users, user, file, registered);
    boolean newPolicy =
        users.putPolicy(
            userName,
            NamespacePolicy.document(
                scope, Optional.ofNullable(bucket), aws.region(), HostUser.account(user)),
            bucket == null); // without a bucket the document is wider: never widen what is there
    if (registered.isEmpty()) {
      registration.register(scope, user.arn());
    }
    boolean untagged = registered.map(info -> Registration.tags(info).isEmpty()).orElse(true);
    if (untagged) {
      registration.tag(scope);
    }
    return newUser || newKey || newPolicy || registered.isEmpty() || untagged;
  }

  private static void refuseForeign(IdentityFile file, String userName) {
    file.read()
        .filter(identity -> !identity.userArn().endsWith("/" + userName))
        .ifPresent(
            identity -> {
              throw new CliException(
                  Problem.IDENTITY_FILE_CONFLICT,
                  file.path()
                      + " belongs to "
                      + identity.userArn()
                      + ", expected user "
                      + userName
                      + ".",
                  "give every namespace a folder of its own with --out.");
            });
  }

  /**
   * The file with a key that works. The secret of a key can be read once, at its creation: it goes
   * into the file before anything else happens. A key whose secret was lost on the way is deleted,
   * but never while the instance is registered, since an agent may be using it.
   */
  private static boolean ensureKey(
      Aws aws, HostUser users, User user, IdentityFile file, Optional<InstanceInfo> registered) {
    var keys = users.keys(user.userName());
    var present = file.read();
    if (present.isPresent() && keys.contains(present.get().accessKeyId())) {
      return false;
    }
    if (registered.isEmpty()) {
      keys.forEach(key -> users.deleteKey(user.userName(), key));
    }
    var key = users.createKey(user.userName());
    try {
      file.write(aws.region(), user.arn(), key.accessKeyId(), key.secretAccessKey());
    } catch (CliException e) {
      users.deleteKey(user.userName(), key.accessKeyId());
      throw e;
    }
    return true;
  }
}
