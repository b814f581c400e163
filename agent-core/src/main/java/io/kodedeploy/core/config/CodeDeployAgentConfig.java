package io.kodedeploy.core.config;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The official agent's settings, {@code codedeployagent.yml} (host-agent.md section 3). Unchanged
 * official files are accepted; what has no effect here is named in {@link #warnings}.
 *
 * @param programName {@code program_name}, base name of log files
 * @param logDirectory {@code log_dir}
 * @param rootDirectory {@code root_dir}, absolute; all state of the host
 * @param verbose {@code verbose}: debug level
 * @param waitBetweenRuns {@code wait_between_runs}: pause after an idle poll, 30 s
 * @param readTimeout {@code http_read_timeout} of the command client, 80 s
 * @param maxRevisions {@code max_revisions} kept per deployment group, the current one included, 5
 * @param proxy {@code proxy_uri}, for the command service and S3
 * @param onPremisesFile {@code on_premises_config_file}
 * @param imdsV1Disabled {@code disable_imds_v1}
 * @param fips {@code use_fips_mode}
 * @param secure {@code enable_auth_policy}: the variant of the command service that IAM authorises
 * @param mock {@code use_mock_command_service}
 * @param controlEndpoint {@code deploy_control_endpoint}, used verbatim
 * @param s3Endpoint {@code s3_endpoint_override}
 * @param deploymentsLog {@code enable_deployments_log}: the host-wide log of scripts
 * @param archiveReuse {@code enable_archive_reuse}: a restart deployment may take an archive that
 *     is here
 * @param bundleRules what a bundle may hold
 * @param hookRules what the environment of a hook may hold
 * @param processRules how the agent's own process and its folders stand on the machine
 * @param trackingDirectory {@code ongoing_deployment_tracking}
 * @param stopWait {@code kill_agent_max_wait_time_seconds}: how long a stop waits for running
 *     commands
 * @param testProfile {@code codedeploy_test_profile}
 * @param warnings what is accepted without effect, one line each
 * @param effective every setting with value and origin, secrets masked
 */
public record CodeDeployAgentConfig(
    String programName,
    Optional<Path> logDirectory,
    Path rootDirectory,
    boolean verbose,
    Duration waitBetweenRuns,
    Duration readTimeout,
    int maxRevisions,
    Optional<URI> proxy,
    Path onPremisesFile,
    boolean imdsV1Disabled,
    boolean fips,
    boolean secure,
    boolean mock,
    Optional<URI> controlEndpoint,
    Optional<URI> s3Endpoint,
    boolean deploymentsLog,
    boolean archiveReuse,
    BundleRules bundleRules,
    HookRules hookRules,
    ProcessRules processRules,
    String trackingDirectory,
    Duration stopWait,
    String testProfile,
    List<String> warnings,
    List<EffectiveSetting> effective) {
  private static final List<Path> DEFAULT_FILES =
      List.of(
          Path.of("/etc/codedeploy-agent/conf/codedeployagent.yml"),
          Path.of("/opt/codedeploy-agent/conf/codedeployagent.yml"));

  private static final String ROOT = "/opt/codedeploy-agent/deployment-root";
  private static final String ON_PREMISES = "/etc/codedeploy-agent/conf/codedeploy.onpremises.yml";

  private static final Set<String> FIPS_REGIONS =
      Set.of("us-east-1", "us-east-2", "us-west-1", "us-west-2", "us-gov-west-1", "us-gov-east-1");

  /**
   * Known elsewhere, without effect here whatever the value: silent, the shipped file may carry
   * them.
   */
  private static final Set<String> IGNORED =
      Set.of(
          "shared_dir",
          "config_file",
          "wait_after_error",
          "wait_after_throttle_error",
          "wait_after_connection_problem",
          "wait_between_spawning_children",
          "instance_service_region",
          "instance_service_endpoint",
          "instance_service_port",
          "plugins",
          "wait_between_runs_active");

  /**
   * Other implementations promise something for these (host-agent.md 14.5); this one does not keep
   * it yet.
   */
  private static final Set<String> UNSUPPORTED =
      Set.of(
          "log_aws_wire",
          "use_dual_stack",
          "enable_command_port",
          "disable_powershell_profile_in_hooks");

  /** The first default path that is a regular file, else the last one. */
  public static Path defaultFile() {
    return DEFAULT_FILES.stream()
        .filter(Files::isRegularFile)
        .findFirst()
        .orElse(DEFAULT_FILES.getLast());
  }

  /**
   * Reads the file.
   *
   * @throws ConfigRefused with every violation
   */
  public static CodeDeployAgentConfig read(Path file) {
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      throw new ConfigRefused(
          List.of("The config file " + file + " does not exist or is not readable"));
    }
    return parse(text, file.toString());
  }

  /**
   * Reads the text of such a file.
   *
   * @param origin where the text is from, for messages and the log
   * @throws ConfigRefused with every violation
   */
  public static CodeDeployAgentConfig parse(String text, String origin) {
    Map<String, @Nullable Object> values;
    try {
      values =
          YamlDocument.mapping(text)
              .orElseThrow(
                  () ->
                      new IllegalArgumentException("the document is no mapping of keys to values"));
    } catch (IllegalArgumentException e) {
      throw new ConfigRefused(
          List.of(
              "An error occurred loading the CodeDeploy agent config file at "
                  + origin
                  + ". Error message: "
                  + e.getMessage()));
    }
    return of(new OfficialValues(values, origin));
  }

  private static CodeDeployAgentConfig of(OfficialValues values) {
    values.number("max_runs_per_worker", 0, 0, "Invalid max_runs_per_worker ");
    if (values.number("children", 1, 1, "Invalid number of children ") != 1) {
      values.refuse("children can only be set to 1");
    }
    var config =
        new CodeDeployAgentConfig(
            component(values, "program_name", "codedeploy-agent"),
            values.path("log_dir", ""),
            values.path("root_dir", ROOT).orElse(Path.of(ROOT)),
            values.flag("verbose", false),
            Duration.ofSeconds(
                values.number("wait_between_runs", 30, 0, "Invalid wait_between_runs ")),
            Duration.ofSeconds(
                values.number("http_read_timeout", 80, 1, "Invalid http_read_timeout ")),
            values.number("max_revisions", 5, 1, "Invalid configuration :max_revision="),
            values.uri("proxy_uri", Set.of("http", "https")),
            values.path("on_premises_config_file", ON_PREMISES).orElse(Path.of(ON_PREMISES)),
            values.flag("disable_imds_v1", false),
            values.flag("use_fips_mode", false),
            values.flag("enable_auth_policy", false),
            values.flag("use_mock_command_service", false),
            values.uri("deploy_control_endpoint", Set.of("http", "https")),
            values.uri("s3_endpoint_override", Set.of("http", "https")),
            values.flag("enable_deployments_log", true),
            values.flag("enable_archive_reuse", true),
            BundleRules.of(values),
            HookRules.of(values),
            ProcessRules.of(values),
            component(values, "ongoing_deployment_tracking", "ongoing-deployment"),
            Duration.ofSeconds(
                values.number(
                    "kill_agent_max_wait_time_seconds",
                    7200,
                    0,
                    "Invalid kill_agent_max_wait_time_seconds ")),
            values.text("codedeploy_test_profile", "prod").orElse("prod"),
            warnings(values),
            List.copyOf(values.effective()));
    if (!values.violations().isEmpty()) {
      throw new ConfigRefused(values.violations());
    }
    return config;
  }

  private static List<String> warnings(OfficialValues values) {
    var warnings = new ArrayList<String>();
    for (String key : values.unasked()) {
      if (UNSUPPORTED.contains(key)) {
        if (values.asksForSomething(key)) {
          warnings.add(key + " has no effect in this version");
        }
      } else if (!IGNORED.contains(key)) {
        warnings.add(
            "unknown key "
                + key
                + NearMiss.of(key, values.asked())
                    .map(k -> "; did you mean " + k + "?")
                    .orElse(""));
      }
    }
    return List.copyOf(warnings);
  }

  private static String component(OfficialValues values, String key, String fallback) {
    String name = values.text(key, fallback).orElse(fallback);
    if (name.contains("/")
        || name.equals(".")
        || name.equals("..")
        || name.chars().anyMatch(Character::isISOControl)) {
      values.refuse(
          "Invalid " + key + ": expected a file name without slashes, found \"" + name + "\"");
    }
    return name;
  }

  /**
   * What can only be checked once the region is known.
   *
   * @throws ConfigRefused when FIPS is asked for where there is none
   */
  public void checkRegion(String region) {
    if (fips && !FIPS_REGIONS.contains(region)) {
      throw new ConfigRefused(
          List.of("use_fips_mode can be set to true only in regions located in the USA"));
    }
  }

  /**
   * The same settings for one host of a process that carries many.
   *
   * @param root belongs to this host alone
   * @param onPremises names its identity
   */
  public CodeDeployAgentConfig forHost(Path root, Path onPremises) {
    return new CodeDeployAgentConfig(
        programName,
        logDirectory,
        root,
        verbose,
        waitBetweenRuns,
        readTimeout,
        maxRevisions,
        proxy,
        onPremises,
        imdsV1Disabled,
        fips,
        secure,
        mock,
        controlEndpoint,
        s3Endpoint,
        deploymentsLog,
        archiveReuse,
        bundleRules,
        hookRules,
        processRules,
        trackingDirectory,
        stopWait,
        testProfile,
        warnings,
        effective);
  }

  /** Copies the lists. */
  public CodeDeployAgentConfig {
    warnings = List.copyOf(warnings);
    effective = List.copyOf(effective);
  }
}
