package io.kodedeploy.cli.bundle;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/** AppSpecs that kode writes when the author has none. */
public final class AppSpecText {
  /** The file's name at the top of a bundle. */
  public static final String FILE = "appspec.yml";

  /** Where the manifests lie when nothing else is said. */
  public static final String MANIFESTS = "deploy/kubernetes";

  /** Where the script of {@code --command} lies in the bundle. */
  public static final String SCRIPT = "kodedeploy/after-install.sh";

  /** CodeDeploy ends an event after an hour at the latest. */
  private static final int SCRIPT_SECONDS = 3600;

  private AppSpecText() {}

  /** Applies the manifests of the bundle to the namespace. */
  public static String apply() {
    return text(Map.of("kodedeploy", Map.of("apply", List.of(Map.of("path", MANIFESTS)))));
  }

  /** Runs a command in an image as a Job in the namespace. */
  public static String run(String image, String command) {
    var step = new LinkedHashMap<String, Object>();
    step.put("event", "AfterInstall");
    step.put("image", image);
    step.put("command", command);
    return text(Map.of("kodedeploy", Map.of("run", List.of(step))));
  }

  /** Runs {@link #SCRIPT} beside the agent. */
  public static String hook() {
    var script = new LinkedHashMap<String, Object>();
    script.put("location", SCRIPT);
    script.put("timeout", SCRIPT_SECONDS);
    return text(Map.of("hooks", Map.of("AfterInstall", List.of(script))));
  }

  /** The script of {@link #hook}: the command, in the bundle's folder. */
  public static String script(String command) {
    return """
    #!/usr/bin/env bash
    # Written by kode from --command.
    set -euo pipefail
    cd "$(dirname "${BASH_SOURCE[0]}")/.."
    """
        + command
        + "\n";
  }

  /** Drives the traffic of nodes and nothing else. */
  public static String traffic(String targetGroup, int port) {
    var group = new LinkedHashMap<String, Object>();
    group.put("name", targetGroup);
    group.put("port", port);
    return text(Map.of("kodedeploy", Map.of("traffic", Map.of("targetGroups", List.of(group)))));
  }

  private static String text(Map<String, ?> section) {
    var document = new LinkedHashMap<String, Object>();
    document.put("version", 0.0);
    document.put("os", "linux");
    document.putAll(section);
    return new Dump(
            DumpSettings.builder()
                .setDefaultFlowStyle(FlowStyle.BLOCK)
                .setSplitLines(false)
                .build())
        .dumpToString(document);
  }
}
