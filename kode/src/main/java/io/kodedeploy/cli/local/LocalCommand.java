package io.kodedeploy.cli.local;

import static java.util.Objects.requireNonNull;

import io.kodedeploy.cli.console.ExitCode;
import io.kodedeploy.cli.options.Surroundings;
import io.kodedeploy.core.command.HostSettings;
import io.kodedeploy.core.command.LocalHost;
import io.kodedeploy.core.config.CodeDeployAgentConfig;
import io.kodedeploy.core.config.ConfigRefused;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.hook.CoreDumps;
import io.kodedeploy.core.identity.OnPremisesIdentity;
import io.kodedeploy.core.observe.AgentLogging;
import io.kodedeploy.core.spec.DeploymentSpec;
import io.kodedeploy.core.spec.DeploymentSpecReader;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/**
 * Deploys a bundle on this machine without CodeDeploy: options, messages and exit codes of the
 * official {@code codedeploy-local}.
 */
@Command(
    name = "local",
    version = "1.0",
    description = {
      "Deploys a bundle on this machine without CodeDeploy, as codedeploy-local does.",
      "",
      "The engine, the folders and the markers are those of the agent: the next run's"
          + " ApplicationStop comes from this revision, and --deployment-group with the id of a"
          + " real group goes on where the service left off. Do not deploy to one group from both"
          + " at once.",
      "",
      "The bundle is a directory, a file (tar, tgz, zip), s3://BUCKET/KEY[?versionId=V&etag=E],"
          + " https://github.com/OWNER/REPO or"
          + " https://api.github.com/repos/OWNER/REPO/(tarball|zipball)/COMMIT."
    },
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:every event succeeded", "1:anything else, wrong usage included"},
    footer = {
      "",
      "Examples:",
      "  kode local --root-dir /tmp/kode-local",
      "  kode local --bundle-location ./app.zip --type zip --events ApplicationStop,BeforeInstall",
      "  kode local --bundle-location s3://my-bundles/app.zip --type zip -b OVERWRITE",
      ""
    })
public final class LocalCommand implements Callable<Integer> {
  private static final String LETTERS_OF_ID = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  private static final Path CONFIG = Path.of("/etc/codedeploy-agent/conf/codedeployagent.yml");
  private static final String APPSPEC = "appspec.yml";

  private final Surroundings surroundings;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = {"-l", "--bundle-location"},
      paramLabel = "LOCATION",
      description = "Where the bundle is; default: the current directory.")
  private @Nullable String location;

  @Option(
      names = {"-t", "--type"},
      paramLabel = "TYPE",
      defaultValue = "directory",
      description = "tgz, tar, zip or directory; default: ${DEFAULT-VALUE}.")
  private String type = "directory";

  @Option(
      names = {"-b", "--file-exists-behavior"},
      paramLabel = "BEHAVIOR",
      defaultValue = "DISALLOW",
      description =
          "DISALLOW, OVERWRITE or RETAIN files that are there; the AppSpec wins;"
              + " default: ${DEFAULT-VALUE}.")
  private String fileExistsBehavior = "DISALLOW";

  @Option(
      names = {"-g", "--deployment-group"},
      paramLabel = "ID",
      defaultValue = "default-local-deployment-group",
      description = "Deployment group id, the folder below root_dir; default: ${DEFAULT-VALUE}.")
  private String group = "default-local-deployment-group";

  @Option(
      names = {"-d", "--deployment-group-name"},
      paramLabel = "NAME",
      defaultValue = "LocalFleet",
      description = "What scripts see as DEPLOYMENT_GROUP_NAME; default: ${DEFAULT-VALUE}.")
  private String groupName = "LocalFleet";

  @Option(
      names = {"-a", "--application-name"},
      paramLabel = "NAME",
      description = "What scripts see as APPLICATION_NAME; default: the bundle's location.")
  private @Nullable String application;

  @Option(
      names = {"-e", "--events"},
      paramLabel = "LIST",
      description =
          "Lifecycle events, separated by commas; DownloadBundle and Install are added when they"
              + " are missing, names of your own run the hooks of that name; default: all.")
  private @Nullable String events;

  @Option(
      names = {"-c", "--agent-configuration-file"},
      paramLabel = "FILE",
      description = "codedeployagent.yml; default: /etc/codedeploy-agent/conf/codedeployagent.yml.")
  private @Nullable Path configurationFile;

  @Option(
      names = {"-A", "--appspec-filename"},
      paramLabel = "NAME",
      description = "Name of the AppSpec in the bundle; default: appspec.yml.")
  private @Nullable String appSpecFilename;

  @Option(
      names = "--root-dir",
      paramLabel = "DIRECTORY",
      description = "Keeps everything here and needs no configuration file (ours).")
  private @Nullable Path rootDirectory;

  @Option(
      names = "--github-token",
      paramLabel = "TOKEN",
      description = "For a private repository on GitHub.")
  private @Nullable String gitHubToken;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Says this.")
  void help(boolean asked) {
    // picocli prints the usage
  }

  @Option(
      names = {"-v", "--version"},
      versionHelp = true,
      description = "Prints 1.0.")
  void version(boolean asked) {
    // picocli prints the version
  }

  /** Runs in these surroundings. */
  public LocalCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /** Misuse prints the usage and ends with 1, as in the official tool. */
  public static int misused(ParameterException failure) {
    var line = failure.getCommandLine();
    line.getErr().println("ERROR: " + failure.getMessage());
    line.usage(line.getErr());
    line.getErr().flush();
    return ExitCode.FAILED;
  }

  @Override
  public Integer call() throws InterruptedException {
    var line = requireNonNull(spec).commandLine();
    try {
      return run(line.getOut(), line.getErr()) ? ExitCode.DONE : ExitCode.FAILED;
    } catch (ConfigRefused e) {
      e.violations().forEach(violation -> error(line.getOut(), violation));
    } catch (LocalRefused e) {
      error(line.getOut(), e.getMessage());
    } catch (AgentException e) {
      error(line.getOut(), e.getMessage());
    }
    return ExitCode.FAILED;
  }

  private static void error(PrintWriter out, String message) {
    out.println("ERROR: " + message);
    out.flush();
  }

  private boolean run(PrintWriter out, PrintWriter err) throws InterruptedException {
    var config = config();
    String given = Optional.ofNullable(location).orElse(surroundings.workingDirectory().toString());
    var bundle =
        BundleLocation.check(given, type, appSpecFilename, surroundings.workingDirectory());
    var plan = EventPlan.of(Optional.ofNullable(events));
    plan.check();
    var revision = RevisionOf.location(bundle);
    var deployment = DeploymentSpecReader.readUnsigned(json(given, plan, revision));
    AgentLogging.startFileOnly(config.logDirectory(), "codedeploy-local");
    AgentLogging.level(config.verbose() ? "debug" : "info");
    boolean inS3 = revision.containsValue("S3");
    var environment = surroundings.environment();
    if (!config.processRules().coreDumps()) {
      CoreDumps.disable(environment);
    }
    var identity = LocalIdentity.find(config, environment, inS3);
    if (inS3) {
      config.checkRegion(identity.region());
      identity.credentials().resolveCredentials();
    }
    var settings =
        new HostSettings(
            config,
            OnPremisesIdentity.variables(config.onPremisesFile(), identity, environment),
            true);
    try (var host = LocalHost.open(settings, identity)) {
      return new LocalDeployment(host, deployment, out, err).run(plan.events());
    }
  }

  private CodeDeployAgentConfig config() {
    if (configurationFile == null && rootDirectory != null) {
      var root = surroundings.workingDirectory().resolve(rootDirectory);
      return CodeDeployAgentConfig.parse(
          JsonMapper.shared().writeValueAsString(Map.of("root_dir", root.toString())),
          "--root-dir");
    }
    if (rootDirectory != null) {
      throw new LocalRefused(
          "--root-dir and --agent-configuration-file exclude each other: root_dir is in the file");
    }
    var file =
        configurationFile == null
            ? CONFIG
            : surroundings.workingDirectory().resolve(configurationFile);
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new LocalRefused(
          "configuration file "
              + Optional.ofNullable(configurationFile).orElse(CONFIG)
              + " does not exist or is not readable");
    }
    return CodeDeployAgentConfig.read(file);
  }

  private String json(String given, EventPlan plan, Map<String, Object> revision) {
    var members = new LinkedHashMap<String, Object>();
    members.put("DeploymentId", id());
    members.put("DeploymentGroupId", group);
    members.put("DeploymentGroupName", groupName);
    members.put("ApplicationName", Optional.ofNullable(application).orElse(given));
    members.put("DeploymentCreator", DeploymentSpec.DEFAULT_CREATOR);
    members.put("DeploymentType", DeploymentSpec.DEFAULT_TYPE);
    members.put("AppSpecFilename", Optional.ofNullable(appSpecFilename).orElse(APPSPEC));
    members.put(
        "AgentActionOverrides",
        Map.of("AgentOverrides", Map.of("FileExistsBehavior", fileExistsBehavior)));
    members.put("AllPossibleLifecycleEvents", plan.possible());
    members.put("Revision", revision);
    if (gitHubToken != null) {
      members.put("GitHubAccessToken", gitHubToken);
    }
    return JsonMapper.shared().writeValueAsString(members);
  }

  private static String id() {
    return new SecureRandom()
        .ints(9, 0, LETTERS_OF_ID.length())
        .mapToObj(i -> LETTERS_OF_ID.substring(i, i + 1))
        .collect(Collectors.joining("", "d-", "-local"));
  }
}
