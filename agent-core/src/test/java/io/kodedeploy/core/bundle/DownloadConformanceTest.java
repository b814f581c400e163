package io.kodedeploy.core.bundle;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kodedeploy.core.config.BundleRules;
import io.kodedeploy.core.config.CodeDeployAgentConfig;
import io.kodedeploy.core.conformance.Case;
import io.kodedeploy.core.conformance.Cases;
import io.kodedeploy.core.conformance.Specifications;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.store.DeploymentMarkers;
import io.kodedeploy.core.store.DeploymentPaths;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import tools.jackson.databind.json.JsonMapper;

/** Cases of DownloadBundle on a real file system, S3 scripted below the SDK. */
class DownloadConformanceTest {
  private static final Map<?, ?> USUAL =
      Map.of("type", "zip", "members", List.of(Map.of("name", "appspec.yml", "text", "a")));

  @TempDir Path temporary;
  private int roots;

  @TestFactory
  Stream<DynamicTest> download() {
    return Cases.of(
        "download.yml",
        given -> {
          var root = Files.createDirectory(temporary.resolve("root" + roots++)).toRealPath();
          new Run(given, root).check();
        });
  }

  /** One case in a root of its own. */
  private static final class Run {
    private final Case given;
    private final Path work;
    private final DeploymentPaths paths;
    private final String group;
    private final Path deployment;
    private final Path archive;
    private final Map<String, Object> changes = new LinkedHashMap<>();
    private final ScriptedS3 s3 = new ScriptedS3();
    private final byte[] bundle;

    Run(Case given, Path root) throws IOException {
      this.given = given;
      this.work = Files.createDirectories(root.resolve("work"));
      this.paths = new DeploymentPaths(root.resolve("cd"));
      given.map("set").forEach((path, value) -> changes.put(path, inWork(value)));
      this.group = changes.getOrDefault("DeploymentGroupId", "G").toString();
      this.deployment = paths.deployment(group, "d-1");
      this.archive = DeploymentPaths.archive(deployment);
      this.bundle = Bundles.pack((Map<?, ?>) inWork(given.value("bundle").orElse(USUAL)));
      Files.write(work.resolve("bundle"), bundle);
      Files.writeString(work.resolve("victim"), "victim");
      Files.setAttribute(work.resolve("victim"), "unix:mode", 0700);
      write(work.resolve("folder"), given.map("folder"));
      write(archive, given.map("left"));
      if (given.has("earlier")) {
        var earlier = paths.deployment(group, "d-0");
        write(DeploymentPaths.archive(earlier), given.map("earlier"));
        Files.writeString(DeploymentPaths.bundle(earlier), "bundle");
        Files.writeString(earlier.resolve(".bundle-etag"), "seen");
      }
      age(paths.group(group), given.texts("others"));
      age(paths.group("H"), given.texts("otherGroup"));
      given
          .text("last")
          .ifPresent(
              id -> new DeploymentMarkers(paths).installed(group, paths.deployment(group, id)));
      if (given.value("s3").orElse(List.of(Map.of())) instanceof List<?> answers) {
        answers.forEach(answer -> script((Map<?, ?>) answer));
      }
    }

    private void script(Map<?, ?> answer) {
      var headers = new HashMap<String, String>();
      if (answer.get("headers") instanceof Map<?, ?> more) {
        more.forEach((name, value) -> headers.put(name.toString(), value.toString()));
      }
      headers.put("ETag", answer.containsKey("eTag") ? answer.get("eTag").toString() : "\"usual\"");
      var status = answer.containsKey("status") ? (Integer) answer.get("status") : 200;
      var body =
          answer.containsKey("body") ? ScriptedS3.bytes(answer.get("body").toString()) : bundle;
      s3.answer(status, headers, status == 301 ? new byte[0] : body);
    }

    void check() throws Exception {
      given.flag("umask"); // modes are set after creation, whatever the umask is
      var settings =
          new S3Settings(
              given.text("region").orElse("eu-west-1"),
              given.text("endpoint").map(URI::create),
              given.flag("fips"),
              ProxyRules.NONE,
              Duration.ofSeconds(5));
      var credentials =
          StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIDEXAMPLE", "secret"));
      var gitHub = new GitHubBundles(URI.create("http://127.0.0.1:9"), ProxyRules.NONE, _ -> {});
      try (var download =
          new BundleDownload(
              paths,
              given.text("keep").map(Integer::parseInt).orElse(5),
              !given.text("reuse").equals(Optional.of("false")),
              rules(),
              new S3Bundles(settings, credentials, () -> s3, _ -> {}),
              gitHub)) {
        var spec = Specifications.with(changes);
        if (given.has("fails")) {
          var failure = catchThrowableOfType(AgentException.class, () -> download.run(spec));
          assertThat(failure).isNotNull();
          assertThat(failure.code().id()).isEqualTo(given.required("fails"));
          given.text("message").ifPresent(text -> assertThat(failure).hasMessage(text));
          given
              .text("messageStart")
              .ifPresent(text -> assertThat(failure).hasMessageStartingWith(text));
          given
              .texts("contains")
              .forEach(
                  part ->
                      assertThat(failure)
                          .hasMessageContaining(part.replace("<archive>", archive.toString())));
        } else {
          var note = download.run(spec);
          given.text("note").ifPresent(text -> assertThat(note).isEqualTo(text));
        }
      }
      checkRequests();
      checkArchive();
      checkRecords();
    }

    /** As the official file sets them. */
    private BundleRules rules() throws IOException {
      var file = work.resolve("codedeployagent.yml");
      var lines = new StringBuilder("max_revisions: 5\n");
      given.map("rules").forEach((key, value) -> lines.append(key + ": " + value + "\n"));
      Files.writeString(file, lines);
      return CodeDeployAgentConfig.read(file).bundleRules();
    }

    private void checkRequests() {
      if (given.has("urls")) {
        assertThat(s3.requests().stream().map(request -> request.getUri().toString()))
            .containsExactlyElementsOf(given.texts("urls"));
      }
      if (given.has("queries")) {
        assertThat(
                s3.requests().stream()
                    .map(request -> Optional.ofNullable(request.getUri().getQuery()).orElse("")))
            .containsExactlyElementsOf(given.texts("queries"));
      }
      for (var n = 0; n < given.texts("signedFor").size(); n++) {
        assertThat(s3.requests().get(n).firstMatchingHeader("Authorization").orElseThrow())
            .contains("/" + given.texts("signedFor").get(n) + "/s3/aws4_request");
      }
    }

    private void checkArchive() throws IOException {
      for (var file : given.map("files").entrySet()) {
        assertThat(archive.resolve(file.getKey())).hasContent(file.getValue().toString());
      }
      for (var file : given.map("links").entrySet()) {
        assertThat(Files.readSymbolicLink(archive.resolve(file.getKey())))
            .hasToString(file.getValue().toString());
      }
      for (var file : given.map("modes").entrySet()) {
        assertThat(mode(archive.resolve(file.getKey()))).isEqualTo(file.getValue().toString());
      }
      if (given.has("victimMode")) {
        assertThat(mode(work.resolve("victim"))).isEqualTo(given.required("victimMode"));
      }
      assertThat(work.resolve("victim")).hasContent("victim");
      given
          .texts("archiveAbsent")
          .forEach(name -> assertThat(archive.resolve(name)).doesNotExist());
      for (var name : given.texts("outside")) {
        for (var folder : List.of(work, deployment, paths.root(), Path.of("/"))) {
          assertThat(folder.resolve(name)).doesNotExist();
        }
      }
      if (given.flag("archiveGone")) {
        assertThat(archive).doesNotExist();
        assertThat(DeploymentPaths.archiveTemp(deployment)).doesNotExist();
      }
      if (given.flag("noTemporary")) {
        assertThat(DeploymentPaths.archiveTemp(deployment)).doesNotExist();
      }
    }

    private void checkRecords() throws IOException {
      var kept = DeploymentPaths.bundle(deployment);
      if (given.flag("bundleKept")) {
        assertThat(kept).hasBinaryContent(bundle);
      }
      if (given.flag("bundleLink")) {
        assertThat(Files.readSymbolicLink(kept)).isEqualTo(work.resolve("bundle"));
      }
      if (given.flag("noBundle")) {
        assertThat(Files.exists(kept, NOFOLLOW_LINKS)).isFalse();
      }
      if (given.flag("bundleShared")) {
        assertThat(Files.isSameFile(kept, DeploymentPaths.bundle(paths.deployment(group, "d-0"))))
            .isTrue();
      }
      if (given.has("marker")) {
        var marker = paths.mostRecentInstall(group);
        if (given.flag("marker")) {
          assertThat(Files.readString(marker)).isEqualTo(deployment.toString());
        } else {
          assertThat(marker).doesNotExist();
        }
      }
      if (given.has("source")) {
        assertThat(deployment.resolve(".bundle-source")).hasContent(given.required("source"));
      }
      if (given.has("observed")) {
        assertThat(ObservedETag.of(deployment)).contains(given.required("observed"));
      }
      given.texts("kept").forEach(id -> assertThat(paths.deployment(group, id)).exists());
      given.texts("removed").forEach(id -> assertThat(paths.deployment(group, id)).doesNotExist());
      given.texts("otherGroup").forEach(id -> assertThat(paths.deployment("H", id)).exists());
    }

    private Object inWork(Object value) {
      var json = JsonMapper.shared().writeValueAsString(value).replace("<work>", work.toString());
      return JsonMapper.shared().readValue(json, Object.class);
    }

    private static String mode(Path path) throws IOException {
      var mode = (Integer) Files.getAttribute(path, "unix:mode");
      return Integer.toOctalString(mode & 07777);
    }

    private static void write(Path folder, Map<String, Object> files) throws IOException {
      for (var file : files.entrySet()) {
        var path = folder.resolve(file.getKey());
        Files.createDirectories(path.getParent());
        Files.writeString(path, file.getValue().toString());
      }
    }

    private static void age(Path folder, List<String> names) throws IOException {
      for (var name : names) {
        var path = Files.createDirectories(folder.resolve(name));
        Files.writeString(path.resolve("file"), "x");
        Files.setLastModifiedTime(
            path, FileTime.fromMillis(1_000_000_000_000L + 1000L * names.indexOf(name)));
      }
    }
  }
}
