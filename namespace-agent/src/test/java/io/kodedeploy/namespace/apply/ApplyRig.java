package io.kodedeploy.namespace.apply;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.core.command.LifecycleEvent;
import io.kodedeploy.core.command.StepContext;
import io.kodedeploy.core.hook.ScriptLog;
import io.kodedeploy.core.spec.AppSpecReader;
import io.kodedeploy.core.spec.BundleType;
import io.kodedeploy.core.spec.DeploymentSpec;
import io.kodedeploy.core.spec.FileExistsBehavior;
import io.kodedeploy.core.spec.Revision;
import io.kodedeploy.namespace.RealKubernetes;
import io.kodedeploy.namespace.cluster.ConfigMaps;
import io.kodedeploy.namespace.cluster.Inventories;
import io.kodedeploy.namespace.cluster.KubernetesApi;
import io.kodedeploy.namespace.cluster.KubernetesConfig;
import io.kodedeploy.namespace.manifest.Protection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The apply step of one namespace of a real API server, and bundles for it. */
final class ApplyRig implements AutoCloseable {
  static final String SETTINGS =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: settings}
      data: {colour: blue}
      """;
  static final String SECRET =
      """
      apiVersion: v1
      kind: Secret
      metadata: {name: key}
      stringData: {password: hunter2}
      """;
  static final String DEPLOYMENT =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web}
      spec:
        replicas: %d
        selector: {matchLabels: {app: web}}
        template:
          metadata: {labels: {app: web}}
          spec:
            securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
            containers:
              - name: web
                image: "example.invalid/web:1"
                securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
      """;

  final RealKubernetes kubernetes;
  final String namespace;
  final KubernetesApi api;
  final ApplyStep step;
  final List<Change> changes = Collections.synchronizedList(new ArrayList<>());
  private final Path folder;
  private volatile Consumer<Change> onChange = change -> {};
  private int deployments;

  ApplyRig(RealKubernetes kubernetes, Path folder) {
    this(kubernetes, folder, false, "");
  }

  ApplyRig(RealKubernetes kubernetes, Path folder, boolean clusterScope, String searchPath) {
    this.kubernetes = kubernetes;
    this.folder = folder;
    namespace = kubernetes.newNamespace();
    api = new KubernetesApi(() -> new KubernetesConfig.Kubeconfig(kubernetes.kubeconfig()).read());
    step =
        new ApplyStep(
            api,
            new Inventories(new ConfigMaps(api, namespace), namespace),
            new ApplySettings(
                namespace, Duration.ofSeconds(20), clusterScope, searchPath, Protection.BUILT_IN),
            () -> {},
            Clock.systemUTC(),
            change -> {
              changes.add(change);
              onChange.accept(change);
            });
  }

  /** Hears of the next changes as they happen. */
  void onChange(Consumer<Change> listener) {
    onChange = listener;
  }

  /** A bundle: files by path, and the AppSpec's {@code kodedeploy.apply} list. */
  record Bundle(String application, String group, String apply, Map<String, String> files) {
    static Bundle of(String application, String options, String... manifests) {
      var files = new LinkedHashMap<String, String>();
      for (var i = 0; i < manifests.length; i++) {
        files.put("deploy/" + i + ".yaml", manifests[i]);
      }
      return new Bundle(
          application, "test-shop", "[{path: deploy" + options + "}]", Map.copyOf(files));
    }

    Bundle through(String other) {
      return new Bundle(application, other, apply, files);
    }
  }

  /** Runs the event Install of a bundle with manifests deploy/0.yaml and so on; returns the log. */
  String run(String application, String options, String... manifests)
      throws IOException, InterruptedException {
    return run(Bundle.of(application, options, manifests));
  }

  /** Runs every event that the step has work in; returns the log. */
  String run(Bundle bundle) throws IOException, InterruptedException {
    deployments++;
    var deployment = Files.createTempDirectory(folder, "d-");
    var archive = deployment.resolve("deployment-archive");
    for (var file : bundle.files().entrySet()) {
      var path = archive.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
    }
    try (var log = ScriptLog.of(deployment, "d-1", Optional.empty(), Clock.systemUTC())) {
      var context = context(bundle, deployment, log);
      var events = new ArrayList<LifecycleEvent>();
      for (var event : LifecycleEvent.IN_ORDER) {
        if (step.hasWork(event, context)) {
          events.add(event);
          step.run(event, context);
        }
      }
      assertThat(events).isNotEmpty();
      return log.tail();
    }
  }

  private StepContext context(Bundle bundle, Path deployment, ScriptLog log) {
    var archive = deployment.resolve("deployment-archive");
    var text =
        "version: 0.0\nos: linux\nkodedeploy:\n  apply: "
            + bundle.apply().strip().replace("\n", "\n  ")
            + "\n";
    var appSpec = AppSpecReader.read(archive.resolve("appspec.yml"), text.getBytes(UTF_8));
    return new StepContext(
        spec(bundle, deployments), Optional.of(appSpec), deployment, archive, log);
  }

  /** The specification of a deployment. */
  static DeploymentSpec spec(Bundle bundle, int number) {
    return new DeploymentSpec(
        "d-" + number,
        "group-1",
        bundle.group(),
        bundle.application(),
        "user",
        "IN_PLACE",
        "appspec.yml",
        FileExistsBehavior.DISALLOW,
        List.of(),
        Optional.empty(),
        new Revision.S3("b", "k", BundleType.ZIP, Optional.empty(), Optional.empty()),
        Optional.empty());
  }

  /** kubectl get in the namespace; empty when there is nothing. */
  String get(String... arguments) {
    var all = new ArrayList<>(List.of("get", "-n", namespace, "--ignore-not-found"));
    all.addAll(List.of(arguments));
    return kubernetes.kubectl(all.toArray(String[]::new));
  }

  /** What the API server's audit log says was written by us; with dry runs or without. */
  List<String> audit(String verbs, boolean dryRuns) throws IOException {
    return Files.readAllLines(kubernetes.audit()).stream()
        .filter(
            line -> line.contains("/namespaces/" + namespace + "/") && line.contains("\"admin\""))
        .filter(line -> line.matches(".*\"verb\":\"(" + verbs + ")\".*"))
        .filter(line -> dryRuns || !line.contains("dryRun=All"))
        .toList();
  }

  /** Everything that was written. */
  List<String> writes() throws IOException {
    return audit("create|update|patch|delete|deletecollection", false);
  }

  @Override
  public void close() {
    api.close();
  }
}
