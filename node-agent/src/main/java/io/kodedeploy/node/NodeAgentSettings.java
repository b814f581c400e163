package io.kodedeploy.node;

import io.kodedeploy.core.command.Acceptance;
import io.kodedeploy.core.config.AgentYml;
import io.kodedeploy.core.config.EffectiveSetting;
import io.kodedeploy.core.config.SettingsReader;
import io.kodedeploy.node.traffic.TrafficMode;
import io.kodedeploy.node.traffic.TrafficSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code agent.yml} of a node agent.
 *
 * @param common what both agents read
 * @param hooks whether scripts of an AppSpec run; {@code hooks}, default false: a node bundle needs
 *     none, and who writes scripts is root on every node
 * @param traffic {@code traffic.mode}, default auto; {@code traffic.poll-interval}, 1 s to 1 min
 * @param acceptance {@code accept.*}: which deployments this node takes
 * @param stateFolder {@code state-dir}; default the folder {@code node-agent} beside {@code
 *     root_dir}
 * @param kubeconfig {@code kubernetes.kubeconfig}; default {@code KUBECONFIG}, else the pod's
 *     service account
 * @param effective every setting with value and origin
 */
record NodeAgentSettings(
    AgentYml common,
    boolean hooks,
    Acceptance acceptance,
    TrafficSettings traffic,
    Optional<Path> stateFolder,
    Optional<Path> kubeconfig,
    List<EffectiveSetting> effective) {
  /**
   * Reads the file.
   *
   * @param required whether it must exist
   * @throws io.kodedeploy.core.config.ConfigRefused with every violation
   */
  static NodeAgentSettings read(Path file, boolean required, Map<String, String> environment) {
    var reader = SettingsReader.open(file, required, environment);
    var common = AgentYml.read(reader);
    boolean hooks = reader.flag("hooks", false);
    var acceptance = Acceptance.read(reader);
    var traffic =
        new TrafficSettings(
            reader.choice("traffic.mode", TrafficMode.AUTO),
            reader.duration("traffic.poll-interval", Duration.ofSeconds(1), Duration.ofMinutes(1)));
    var state = reader.text("state-dir").map(Path::of);
    var kubeconfig = reader.text("kubernetes.kubeconfig").map(Path::of);
    return new NodeAgentSettings(
        common, hooks, acceptance, traffic, state, kubeconfig, reader.finish());
  }

  /** Where the node's own state lies. */
  Path stateFolder(Path rootDirectory) {
    return stateFolder
        .orElseGet(() -> rootDirectory.resolveSibling("node-agent"))
        .toAbsolutePath()
        .normalize();
  }
}
