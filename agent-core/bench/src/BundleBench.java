import io.kodedeploy.core.bundle.BundleDownload;
import io.kodedeploy.core.bundle.ProxyRules;
import io.kodedeploy.core.bundle.S3Settings;
import io.kodedeploy.core.config.BundleRules;
import io.kodedeploy.core.install.Installer;
import io.kodedeploy.core.spec.BundleType;
import io.kodedeploy.core.spec.DeploymentSpec;
import io.kodedeploy.core.spec.FileExistsBehavior;
import io.kodedeploy.core.spec.Revision;
import io.kodedeploy.core.store.DeploymentPaths;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/**
 * DownloadBundle and Install of one bundle in a process that has deployed one small bundle before,
 * as an agent has that runs for a while. Prints seconds of both, the peak resident memory in MiB
 * the seconds of that first deployment, and processor seconds of both steps.
 */
final class BundleBench {
  private BundleBench() {}

  public static void main(String[] arguments) throws Exception {
    var root = Path.of(arguments[0]);
    var type = arguments[1];
    var port = arguments[2];
    var paths = new DeploymentPaths(root);
    var settings =
        new S3Settings(
            "us-east-1",
            Optional.of(URI.create("http://127.0.0.1:" + port)),
            false,
            ProxyRules.NONE,
            Duration.ofSeconds(80));
    var credentials =
        StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIDEXAMPLE", "secret"));
    try (var download =
        BundleDownload.of(paths, 5, true, BundleRules.DEFAULTS, settings, credentials)) {
      var installer = new Installer(paths, Map.of("PATH", "/usr/bin:/bin"), BundleRules.DEFAULTS);
      var begin = System.nanoTime();
      var small = specification("d-0", "small", type);
      download.run(small);
      installer.run(small);
      var start = System.nanoTime();
      var cpuStart = processor();
      var large = specification("d-1", "bundle", type);
      download.run(large);
      var fetched = System.nanoTime();
      var cpuFetched = processor();
      installer.run(large);
      var installed = System.nanoTime();
      var cpuInstalled = processor();
      System.out.printf(
          "%.3f %.3f %d %.3f %.3f %.3f%n",
          (fetched - start) / 1e9,
          (installed - fetched) / 1e9,
          peak(),
          (start - begin) / 1e9,
          (cpuFetched - cpuStart) / 1e9,
          (cpuInstalled - cpuFetched) / 1e9);
    }
  }

  private static DeploymentSpec specification(String id, String name, String type) {
    return new DeploymentSpec(
        id,
        "G",
        "group",
        "bench",
        DeploymentSpec.DEFAULT_CREATOR,
        DeploymentSpec.DEFAULT_TYPE,
        DeploymentSpec.DEFAULT_APPSPEC,
        FileExistsBehavior.DISALLOW,
        List.of(),
        Optional.empty(),
        new Revision.S3(
            "bucket",
            name + "." + type,
            BundleType.valueOf(type.toUpperCase(Locale.ROOT)),
            Optional.empty(),
            Optional.of("\"bench\"")),
        Optional.empty());
  }

  /** Processor time of this process so far, in nanoseconds: what a loaded machine cannot distort. */
  private static long processor() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
  }

  private static long peak() throws Exception {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElse(0);
  }
}
