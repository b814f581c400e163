package io.kodedeploy.namespace;

import io.kodedeploy.core.command.Acceptance;
import io.kodedeploy.core.config.AgentYml;
import io.kodedeploy.core.config.ConfigRefused;
import io.kodedeploy.core.config.EffectiveSetting;
import io.kodedeploy.core.config.SettingsReader;
import io.kodedeploy.namespace.catchup.DriftSettings;
import io.kodedeploy.namespace.run.RunSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code agent.yml} of a namespace agent.
 *
 * @param common what both agents read; {@code environment} and {@code cluster} are required
 * @param mode {@code mode}: perNamespace unless given
 * @param shared where the list of namespaces is; of use in shared mode alone
 * @param namespace that this host serves; {@code namespace}, required, but for a process that
 *     serves a list
 * @param hooks {@code hooks}: container unless given, job in shared mode
 * @param acceptance {@code accept.*}: which deployments this namespace takes
 * @param kubeconfig {@code kubernetes.kubeconfig}; default the pod's service account, else {@code
 *     KUBECONFIG}
 * @param applyAccount {@code apply.account}: the service account that applies; the agent's own
 *     unless given
 * @param credentialsFolder {@code credentials.dir}: where the kubeconfig of hook scripts lies, the
 *     folder for temporary files unless given
 * @param stopLimit {@code stop.limit}: longest wait for running commands at a stop, 1 day unless
 *     given; {@code kill_agent_max_wait_time_seconds} where that is less
 * @param lease {@code lease.mode}: alone unless given
 * @param catchUp {@code catch-up.mode}, default local
 * @param catchUpInterval {@code catch-up.interval}, 15 min unless given, 1 min to 1 day
 * @param drift {@code drift}, report unless given, and {@code drift.interval}, 30 min unless given,
 *     1 s to 1 day
 * @param clusterNamespace {@code catch-up.cluster-namespace}: where the agents of this cluster tell
 *     each other how far they are; there are no waves unless given
 * @param shareGroups {@code catch-up.share}: whether they share the list of groups there; off
 *     unless given
 * @param waveLimit {@code catch-up.wave-limit}: how long lower waves are waited for, 10 min unless
 *     given, up to 1 day
 * @param applyWait {@code apply.wait}: how long objects may take to become ready, 5 min unless
 *     given, 1 s to 55 min
 * @param clusterScope {@code apply.cluster-scope}: whether bundles may write objects of the whole
 *     cluster, such as definitions; off unless given
 * @param run {@code run.*}, {@code bundles.*} and {@code install.paths}
 * @param effective every setting with value and origin
 */
record NamespaceAgentSettings(
    AgentYml common,
    Mode mode,
    SharedSettings shared,
    String namespace,
    HookMode hooks,
    Acceptance acceptance,
    Optional<String> kubeconfig,
    Optional<String> applyAccount,
    Path credentialsFolder,
    Duration stopLimit,
    LeaseMode lease,
    CatchUpMode catchUp,
    Duration catchUpInterval,
    DriftSettings drift,
    Optional<String> clusterNamespace,
    boolean shareGroups,
    Duration waveLimit,
    Duration applyWait,
    boolean clusterScope,
    RunSettings run,
    List<EffectiveSetting> effective) {
  /** How many namespaces a process serves. */
  enum Mode {
    /** One. */
    PER_NAMESPACE("perNamespace"),
    /** A list that may change while it works. */
    SHARED("shared");

    private final String word;

    Mode(String word) {
      this.word = word;
    }
  }

  /** How a namespace gets what its groups already deployed elsewhere. */
  enum CatchUpMode {
    /** This host brings it here by itself. */
    LOCAL,
    /** By a deployment of the service where this host is the only outdated one, else local. */
    CODEDEPLOY,
    OFF
  }

  /** How it is seen to that one agent only works for the namespace. */
  enum LeaseMode {
    /** One agent, by a Lease of a minute. */
    ALONE,
    /** A second agent waits, by a Lease of 12 seconds. */
    STANDBY,
    /** By nothing; for API servers without Leases. */
    OFF
  }

  /** Where scripts of an AppSpec run. */
  enum HookMode {
    /** In this container: who writes bundles holds the agent's identity. */
    CONTAINER,
    /** In one Job per event, with the rights of the apply account and nothing of the agent's. */
    JOB
  }

  /**
   * Reads the file.
   *
   * @param required whether it must exist
   * @throws io.kodedeploy.core.config.ConfigRefused with every violation
   */
  static NamespaceAgentSettings read(Path file, boolean required, Map<String, String> environment) {
    return read(SettingsReader.open(file, required, environment), environment, false);
  }

  /**
   * Reads the settings of one namespace of many: those of the process, and over them those of the
   * namespace's own file.
   *
   * @throws io.kodedeploy.core.config.ConfigRefused with every violation
   */
  static NamespaceAgentSettings ofNamespace(
      Path process, Path own, String namespace, Map<String, String> environment) {
    var reader = SettingsReader.open(process, true, environment);
    reader.overlay(own, SharedSettings::ofNamespace);
    reader.given("namespace", namespace);
    var settings = read(reader, environment, true);
    if (!settings.namespace().equals(namespace)) {
      throw new ConfigRefused(
          List.of(
              own
                  + ": namespace: is "
                  + settings.namespace()
                  + ", the file's name says "
                  + namespace));
    }
    return settings;
  }

  private static Mode mode(SettingsReader reader) {
    var text = reader.text("mode", Mode.PER_NAMESPACE.word);
    for (var mode : Mode.values()) {
      if (mode.word.equals(text)) {
        return mode;
      }
    }
    reader.refuse("mode: must be perNamespace or shared, found \"" + text + "\"");
    return Mode.PER_NAMESPACE;
  }

  private static HookMode hooks(SettingsReader reader, Mode mode) {
    var hooks = reader.choice("hooks", mode == Mode.SHARED ? HookMode.JOB : HookMode.CONTAINER);
    if (mode == Mode.SHARED && hooks == HookMode.CONTAINER) {
      reader.refuse(
          "hooks: container cannot be used with mode: shared, since a script of one namespace would"
              + " read the identities of all others; leave hooks out or write hooks: job");
    }
    return hooks;
  }

  /** Of a process, or of one host of many. */
  private static NamespaceAgentSettings read(
      SettingsReader reader, Map<String, String> environment, boolean oneOfMany) {
    var common = AgentYml.read(reader);
    var processMode = mode(reader);
    var shared = SharedSettings.read(reader);
    var hooks = hooks(reader, processMode);
    boolean list = processMode == Mode.SHARED && !oneOfMany;
    var namespace = reader.text("namespace");
    if (common.environment().isEmpty()) {
      reader.refuse("environment: is required, the value of the host's tag kodedeployenv");
    }
    if (common.cluster().isEmpty()) {
      reader.refuse("cluster: is required, the value of the host's tag kodedeploycluster");
    }
    if (list) {
      namespace.ifPresent(
          one ->
              reader.refuse(
                  "namespace: "
                      + one
                      + " cannot be used with mode: shared; each namespace is a file "
                      + one
                      + ".yml in namespaces.dir"));
    } else if (namespace.isEmpty()) {
      reader.refuse("namespace: is required, the Kubernetes namespace that this agent serves");
    } else if (!namespace.get().matches("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")) {
      reader.refuse("namespace: \"" + namespace.get() + "\" is no name of a Kubernetes namespace");
    }
    var acceptance = Acceptance.read(reader);
    var kubeconfig = reader.text("kubernetes.kubeconfig");
    var account = reader.text("apply.account");
    if (processMode == Mode.SHARED && account.isEmpty()) {
      reader.refuse("apply.account: is required with mode: shared, such as kodedeploy-apply");
    }
    var credentials =
        reader.text("credentials.dir").orElseGet(() -> System.getProperty("java.io.tmpdir"));
    var stopLimit =
        reader.duration("stop.limit", Duration.ofDays(1), Duration.ZERO, Duration.ofDays(1));
    var lease = reader.choice("lease.mode", LeaseMode.ALONE);
    var mode = reader.choice("catch-up.mode", CatchUpMode.LOCAL);
    var interval =
        reader.duration(
            "catch-up.interval", Duration.ofMinutes(15), Duration.ofMinutes(1), Duration.ofDays(1));
    var drift =
        new DriftSettings(
            reader.choice("drift", DriftSettings.Mode.REPORT),
            reader.duration(
                "drift.interval",
                Duration.ofMinutes(30),
                Duration.ofSeconds(1),
                Duration.ofDays(1)));
    var wait =
        reader.duration(
            "apply.wait", Duration.ofMinutes(5), Duration.ofSeconds(1), Duration.ofMinutes(55));
    return new NamespaceAgentSettings(
        common,
        processMode,
        shared,
        namespace.orElse(""),
        hooks,
        acceptance,
        kubeconfig,
        account,
        Path.of(credentials),
        stopLimit,
        lease,
        mode,
        interval,
        drift,
        reader.text("catch-up.cluster-namespace"),
        reader.flag("catch-up.share", false),
        reader.duration(
            "catch-up.wave-limit", Duration.ofMinutes(10), Duration.ZERO, Duration.ofDays(1)),
        wait,
        reader.flag("apply.cluster-scope", false),
        RunSettings.read(reader, namespace.orElse(""), environment),
        reader.finish());
  }
}
