package io.kodedeploy.namespace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** The chart in a namespace of a real Kubernetes, installed by the real helm. */
final class InstalledChart implements AutoCloseable {
  private final RealKubernetes kubernetes;
  private final Helm helm;
  private final Path folder;
  private final String namespace;
  private final String release;

  InstalledChart(RealKubernetes kubernetes, Path folder, String namespace) {
    this.kubernetes = kubernetes;
    this.helm = new Helm(kubernetes.kubeconfig(), folder);
    this.folder = folder;
    this.namespace = namespace;
    this.release = "kodedeploy-" + namespace;
  }

  /** Installs or upgrades to a chart with more values, YAML. */
  InstalledChart install(Path chart, String values) throws IOException {
    var file = folder.resolve("values.yaml");
    Files.writeString(
        file,
        """
        environment: test
        cluster: green
        bucket: bundles
        nodeAgent: {enabled: false}
        """
            + values);
    helm.run(
        "upgrade", "--install", release, chart.toString(), "-n", namespace, "-f", file.toString());
    return this;
  }

  InstalledChart install() throws IOException {
    return install(Helm.chart(), namespaceValues(""));
  }

  /** The values of the one namespace, with more keys of its entry and of namespaceAgent. */
  String namespaceValues(String more) {
    return """
    namespaceAgent:
      namespaces:
        - name: %s
          accept: {sources: ["s3://bundles"]}
    """
            .formatted(namespace)
        + more.indent(2);
  }

  Helm helm() {
    return helm;
  }

  String release() {
    return release;
  }

  /** Runs kubectl in the namespace. */
  String kubectl(String... arguments) {
    return kubernetes.kubectl(
        Stream.concat(Stream.of(arguments), Stream.of("-n", namespace)).toArray(String[]::new));
  }

  /** The pods that the API server has admitted for the agent. */
  List<String> pods() {
    return kubectl(
            "get",
            "pods",
            "-l",
            "app.kubernetes.io/name=kodedeploy-agent",
            "-o",
            "jsonpath={range .items[*]}{.metadata.name}{\"\\n\"}{end}")
        .lines()
        .toList();
  }

  String awaitPod() throws InterruptedException {
    Await.until(
        Duration.ofSeconds(20),
        () -> kubectl("get", "events", "-o", "custom-columns=R:.reason,M:.message"),
        () -> !pods().isEmpty());
    return pods().getFirst();
  }

  void uninstall() {
    helm.run("uninstall", release, "-n", namespace);
  }

  @Override
  public void close() {
    if (helm.run("list", "-n", namespace, "-q").contains(release)) {
      uninstall();
    }
  }
}
