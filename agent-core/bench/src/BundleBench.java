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
 * One DownloadBundle and one Install in a fresh process, as an agent's first deployment after its
 * start. Prints seconds of both and the peak resident memory.
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
    var spec = specification(type);
    var start = System.nanoTime();
    try (var download =
        BundleDownload.of(paths, 5, true, BundleRules.DEFAULTS, settings, credentials)) {
      download.run(spec);
    }
    var fetched = System.nanoTime();
    new Installer(paths, Map.of("PATH", "/usr/bin:/bin"), BundleRules.DEFAULTS).run(spec);
    var installed = System.nanoTime();
    System.out.printf(
        "%.3f %.3f %d%n", (fetched - start) / 1e9, (installed - fetched) / 1e9, peak());
  }

  private static DeploymentSpec specification(String type) {
    return new DeploymentSpec(
        "d-1",
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
            "bundle." + type,
            BundleType.valueOf(type.toUpperCase(Locale.ROOT)),
            Optional.empty(),
            Optional.of("\"bench\"")),
        Optional.empty());
  }

  private static long peak() throws Exception {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElse(0);
  }
}
