import static java.nio.charset.StandardCharsets.UTF_8;

import io.kodedeploy.core.command.LifecycleEvent;
import io.kodedeploy.core.command.StepContext;
import io.kodedeploy.core.hook.ScriptLog;
import io.kodedeploy.core.spec.AppSpecReader;
import io.kodedeploy.core.spec.BundleType;
import io.kodedeploy.core.spec.DeploymentSpec;
import io.kodedeploy.core.spec.FileExistsBehavior;
import io.kodedeploy.core.spec.Revision;
import io.kodedeploy.namespace.RealKubernetes;
import io.kodedeploy.namespace.apply.ApplySettings;
import io.kodedeploy.namespace.apply.ApplyStep;
import io.kodedeploy.namespace.cluster.ConfigMaps;
import io.kodedeploy.namespace.cluster.Inventories;
import io.kodedeploy.namespace.cluster.KubernetesApi;
import io.kodedeploy.namespace.cluster.KubernetesConfig;
import io.kodedeploy.namespace.manifest.Protection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * 1,000 objects of six kinds by kubectl and by the apply step, against one API server. Ours
 * includes everything that a deployment does: inventory, dry runs, waiting until the Deployments
 * are ready, pruning. kubectl only writes. Started by {@code run}.
 */
final class ApplyBench {
  private static final String APP_SPEC =
      "version: 0.0\nos: linux\nkodedeploy: {apply: [{path: deploy}]}\n";

  /** Seconds of a first and of a second run. */
  private record Pair(double first, double second) {}

  public static void main(String[] args) throws Exception {
    var rounds = Integer.parseInt(args[0]);
    var folder = Files.createTempDirectory("apply-bench");
    var first = new ArrayList<Double>();
    var second = new ArrayList<Double>();
    try (var kubernetes = RealKubernetes.start();
        var api =
            new KubernetesApi(
                () -> new KubernetesConfig.Kubeconfig(kubernetes.kubeconfig()).read())) {
      var archive = archive(folder);
      for (var round = 0; round < rounds; round++) {
        var ours = round % 2 == 0 ? null : ours(kubernetes, api, archive);
        var theirs = theirs(kubernetes, archive);
        if (ours == null) {
          ours = ours(kubernetes, api, archive);
        }
        System.err.printf(
            Locale.ROOT,
            "round %d: kubectl %.2f s, again %.2f s; agent %.2f s, again %.2f s%n",
            round + 1,
            theirs.first(),
            theirs.second(),
            ours.first(),
            ours.second());
        first.add(ours.first() / theirs.first());
        second.add(ours.second() / theirs.second());
      }
    } finally {
      try (var files = Files.walk(folder)) {
        for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
    System.out.printf(Locale.ROOT, "bench: apply_ratio=%.2f%n", median(first));
    System.out.printf(Locale.ROOT, "bench: reapply_ratio=%.2f%n", median(second));
  }

  private static Pair theirs(RealKubernetes kubernetes, Path archive) {
    var namespace = kubernetes.newNamespace();
    Runnable apply =
        () ->
            kubernetes.kubectl(
                "apply", "--server-side", "-n", namespace, "-f", archive + "/deploy");
    return new Pair(seconds(apply), seconds(apply));
  }

  private static Pair ours(RealKubernetes kubernetes, KubernetesApi api, Path archive) {
    var namespace = kubernetes.newNamespace();
    var step =
        new ApplyStep(
            api,
            new Inventories(new ConfigMaps(api, namespace), namespace),
            new ApplySettings(namespace, Duration.ofMinutes(5), false, "", Protection.BUILT_IN),
            () -> {},
            Clock.systemUTC(),
            change -> {});
    Runnable apply = () -> apply(step, archive);
    return new Pair(seconds(apply), seconds(apply));
  }

  private static void apply(ApplyStep step, Path archive) {
    try (var log = ScriptLog.of(archive.getParent(), "d-1", Optional.empty(), Clock.systemUTC())) {
      var appSpec = AppSpecReader.read(archive.resolve("appspec.yml"), APP_SPEC.getBytes(UTF_8));
      step.run(
          LifecycleEvent.INSTALL,
          new StepContext(spec(), Optional.of(appSpec), archive.getParent(), archive, log));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static DeploymentSpec spec() {
    return new DeploymentSpec(
        "d-1",
        "group-1",
        "bench-shop",
        "bench",
        "user",
        "IN_PLACE",
        "appspec.yml",
        FileExistsBehavior.DISALLOW,
        List.of(),
        Optional.empty(),
        new Revision.S3("b", "k", BundleType.ZIP, Optional.empty(), Optional.empty()),
        Optional.empty());
  }

  private static Path archive(Path folder) throws Exception {
    var archive = folder.resolve("deployment-archive");
    var deploy = Files.createDirectories(archive.resolve("deploy"));
    write(deploy, 600, "ConfigMap", "v1", "data: {colour: blue, size: '%d', text: some text}");
    write(deploy, 150, "Secret", "v1", "stringData: {password: secret-%d}");
    write(deploy, 100, "Service", "v1", "spec: {selector: {app: a%d}, ports: [{port: 80}]}");
    write(deploy, 50, "ServiceAccount", "v1", "automountServiceAccountToken: false # %d");
    write(
        deploy,
        50,
        "NetworkPolicy",
        "networking.k8s.io/v1",
        "spec: {podSelector: {matchLabels: {app: a%d}}, policyTypes: [Ingress]}");
    write(
        deploy,
        50,
        "Deployment",
        "apps/v1",
        """
        spec:
          replicas: 0
          selector: {matchLabels: {app: a%1$d}}
          template:
            metadata: {labels: {app: a%1$d}}
            spec: {containers: [{name: a, image: "example.invalid/a:%1$d"}]}\
        """);
    return archive;
  }

  private static void write(Path deploy, int count, String kind, String version, String rest)
      throws Exception {
    var text = new StringBuilder();
    for (var i = 0; i < count; i++) {
      text.append("---\napiVersion: %s\nkind: %s\n".formatted(version, kind));
      text.append("metadata: {name: bench-%d, labels: {part: bench}}\n".formatted(i));
      text.append(rest.formatted(i)).append('\n');
    }
    Files.writeString(deploy.resolve(kind.toLowerCase(Locale.ROOT) + ".yaml"), text);
  }

  private static double seconds(Runnable work) {
    var begin = System.nanoTime();
    work.run();
    return (System.nanoTime() - begin) / 1e9;
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }
}
