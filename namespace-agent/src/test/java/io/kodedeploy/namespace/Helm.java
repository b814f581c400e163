package io.kodedeploy.namespace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The real helm of {@code KUBERNETES_BIN}, as an administrator of the cluster runs it. */
final class Helm {
  private static final Path CHARTS = Path.of("..", "charts").toAbsolutePath().normalize();

  private final Path kubeconfig;
  private final Path folder;

  /**
   * Helm for one cluster.
   *
   * @param folder for its caches and the output of each run
   */
  Helm(Path kubeconfig, Path folder) {
    this.kubeconfig = kubeconfig;
    this.folder = folder;
  }

  static Path chart() {
    return CHARTS.resolve("kodedeploy");
  }

  /** Runs it and returns what it prints. */
  String run(String... arguments) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getenv("KUBERNETES_BIN"), "helm").toString());
    command.addAll(List.of(arguments));
    command.add("--kubeconfig=" + kubeconfig);
    try {
      var output = Files.createTempFile(folder, "helm", ".out");
      var builder = new ProcessBuilder(command);
      builder.environment().put("HELM_CACHE_HOME", folder.resolve("cache").toString());
      builder.environment().put("HELM_CONFIG_HOME", folder.resolve("config").toString());
      builder.environment().put("HELM_DATA_HOME", folder.resolve("data").toString());
      var process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
      process.getOutputStream().close();
      if (!process.waitFor(90, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException("helm does not end: " + command);
      }
      var printed = Files.readString(output);
      if (process.exitValue() != 0) {
        throw new IllegalStateException(printed);
      }
      return printed;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
