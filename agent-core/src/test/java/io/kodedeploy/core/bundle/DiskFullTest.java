package io.kodedeploy.core.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kodedeploy.core.config.BundleRules;
import io.kodedeploy.core.conformance.Specifications;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.install.Installer;
import io.kodedeploy.core.spec.BundleType;
import io.kodedeploy.core.spec.DeploymentSpec;
import io.kodedeploy.core.store.DeploymentPaths;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** Real file systems of 4 MiB that fill up (issue 4, bad days). */
class DiskFullTest {
  private static final String APPSPEC = "version: 0.0\nos: linux\n";

  @TempDir Path temporary;

  private final ScriptedS3 s3 = new ScriptedS3();
  private Path small;
  private SmallDisk disk;

  @BeforeEach
  void mount() throws Exception {
    small = Files.createDirectory(temporary.resolve("small"));
    disk = SmallDisk.mount(small, 4);
  }

  @AfterEach
  void unmount() throws Exception {
    disk.unmount();
  }

  @Test
  void asksForRoomBeforeTheDownload() throws Exception {
    s3.answer(200, Map.of("ETag", "\"a\""), new byte[5 << 20]);

    var failure = fail(() -> download(new DeploymentPaths(small), "zip"));

    assertThat(failure)
        .hasMessageMatching(
            "The disk is \\(or was\\) full: the bundle needs 5242880 bytes, .*/d-1 has 4\\d+ bytes"
                + " free");
  }

  @Test
  void removesWhatItFetchedWhenTheDiskFillsMeanwhile() throws Exception {
    s3.answerOfUnknownLength(Map.of("ETag", "\"a\""), new byte[5 << 20]);
    var paths = new DeploymentPaths(small);

    var failure = fail(() -> download(paths, "zip"));

    assertThat(failure).hasMessage("The disk is (or was) full during the download.");
    assertThat(DeploymentPaths.bundle(paths.deployment("G", "d-1"))).doesNotExist();
    assertThat(paths.mostRecentInstall("G")).doesNotExist();
  }

  @ParameterizedTest
  @EnumSource(names = {"ZIP", "TGZ"})
  void leavesNoPartOfAnArchive(BundleType type) throws Exception {
    var text = "x".repeat(1 << 20);
    s3.answer(
        200,
        Map.of("ETag", "\"a\""),
        Bundles.pack(
            Map.of(
                "type",
                type.text(),
                "members",
                List.of(
                    member("appspec.yaml", APPSPEC),
                    member("1", text),
                    member("2", text),
                    member("3", text),
                    member("4", text)))));
    var paths = new DeploymentPaths(small);

    var failure = fail(() -> download(paths, type.text()));

    assertThat(failure).hasMessage("The disk is (or was) full during extraction.");
    var deployment = paths.deployment("G", "d-1");
    assertThat(DeploymentPaths.archive(deployment)).doesNotExist();
    assertThat(DeploymentPaths.archiveTemp(deployment)).doesNotExist();
    assertThat(DeploymentPaths.bundle(deployment)).exists();
  }

  @Test
  void notesWhatAnInstallBeganSoThatTheNextOneRemovesIt() throws Exception {
    var paths = new DeploymentPaths(temporary.resolve("root"));
    archive(paths, 6);

    var failure = fail(() -> install(paths));

    assertThat(failure.getMessage())
        .startsWith("The disk is (or was) full: No space left on device - " + small + "/app/");
    assertThat(paths.lastSuccessfulInstall("G")).doesNotExist();
    var noted = Files.readAllLines(paths.cleanup("G"));
    try (var installed = Files.walk(small.resolve("app"))) {
      assertThat(installed.map(Path::toString)).isSubsetOf(noted);
    }

    archive(paths, 1);
    install(paths);

    try (var installed = Files.list(small.resolve("app"))) {
      assertThat(installed).containsExactly(small.resolve("app/0"));
    }
    assertThat(paths.lastSuccessfulInstall("G")).exists();
  }

  private static Map<String, String> member(String name, String text) {
    return Map.of("name", name, "text", text);
  }

  private void archive(DeploymentPaths paths, int files) throws IOException {
    var archive = DeploymentPaths.archive(paths.deployment("G", "d-1"));
    FileTrees.delete(archive);
    Files.createDirectories(archive.resolve("app"));
    Files.writeString(
        archive.resolve("appspec.yaml"),
        APPSPEC + "files: [{source: app, destination: " + small + "/app}]\n");
    for (var n = 0; n < files; n++) {
      Files.write(archive.resolve("app/" + n), new byte[1 << 20]);
    }
  }

  private static void install(DeploymentPaths paths) throws InterruptedException {
    new Installer(paths, Map.of(), BundleRules.DEFAULTS).run(Specifications.with(Map.of()));
  }

  private void download(DeploymentPaths paths, String type) throws InterruptedException {
    var settings =
        new S3Settings(
            "eu-west-1", Optional.empty(), false, ProxyRules.NONE, Duration.ofSeconds(5));
    var credentials =
        StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIDEXAMPLE", "secret"));
    DeploymentSpec spec = Specifications.with(Map.of("Revision.S3Revision.BundleType", type));
    try (var download =
        new BundleDownload(
            paths,
            5,
            true,
            BundleRules.DEFAULTS,
            new S3Bundles(settings, credentials, () -> s3, _ -> {}),
            new GitHubBundles(URI.create("http://127.0.0.1:9"), ProxyRules.NONE, _ -> {}))) {
      download.run(spec);
    }
  }

  private interface Attempt {
    void run() throws InterruptedException;
  }

  private static AgentException fail(Attempt attempt) {
    var failure = catchThrowableOfType(AgentException.class, attempt::run);
    assertThat(failure).isNotNull();
    assertThat(failure.code()).isEqualTo(ErrorCode.DISK_FULL);
    return failure;
  }
}
