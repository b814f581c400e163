package io.kodedeploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.codedeploy.model.Tag;
import software.amazon.awssdk.services.codedeploy.model.TagFilter;

/** {@code kode init} and {@code kode deploy} against the simulator, with a real host. */
class DeployIT {
  @TempDir Path folder;

  private World world;
  private Path identity;

  @BeforeEach
  void start() {
    world = new World(folder);
    identity = folder.resolve("id/codedeploy.onpremises.yml");
  }

  @AfterEach
  void end() {
    world.close();
  }

  private World.Ran init(String cluster, String... more) {
    var arguments =
        new ArrayList<>(
            List.of(
                "init",
                "--identity",
                "user",
                "--cluster",
                cluster,
                "--environment",
                "test",
                "--namespace",
                "shop"));
    arguments.addAll(List.of(more));
    return world.kode(arguments.toArray(String[]::new));
  }

  private World.Ran deploy(String... more) {
    return deployTo(World.BUCKET, "60s", more);
  }

  private World.Ran deployTo(String bucket, String timeout, String... more) {
    var arguments =
        new ArrayList<>(
            List.of(
                "deploy",
                "--environment",
                "test",
                "--namespace",
                "shop",
                "--application",
                "cart",
                "--bucket",
                bucket,
                "--source",
                "app",
                "--timeout",
                timeout));
    arguments.addAll(List.of(more));
    return world.kode(arguments.toArray(String[]::new));
  }

  private void app() throws IOException {
    Files.createDirectories(folder.resolve("app"));
    Files.writeString(folder.resolve("app/marker"), "here");
  }

  @Test
  void initMakesAHostThatASecondRunLeavesAlone() throws IOException {
    var first = init("blue", "--out", "id", "--bucket", World.BUCKET);
    String file = Files.readString(identity);
    var second = init("blue", "--out", "id", "--bucket", World.BUCKET);

    assertThat(first.code()).as(first.err()).isZero();
    assertThat(second.code()).as(second.err()).isZero();
    assertThat(second.out()).startsWith("unchanged: test-blue-shop");
    assertThat(Files.readString(identity)).isEqualTo(file);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(identity)))
        .isEqualTo("rw-------");
    var secret = file.lines().filter(l -> l.startsWith("aws_secret")).findFirst().orElseThrow();
    assertThat(first.out() + first.err()).doesNotContain(secret.substring(23).strip());
    var tags = new TreeMap<String, String>();
    world
        .aws
        .codeDeploy()
        .getOnPremisesInstance(request -> request.instanceName("test-blue-shop"))
        .instanceInfo()
        .tags()
        .forEach(tag -> tags.put(tag.key(), tag.value()));
    assertThat(tags)
        .isEqualTo(
            Map.of("kodedeployenv", "test", "kodedeploycluster", "blue", "kodedeployns", "shop"));
  }

  @Test
  void initCompletesWhatARunLeftHalfDone() {
    world
        .aws
        .iam()
        .createUser(request -> request.userName("test-blue-shop").path("/AWS/CodeDeploy/"));
    String lost =
        world
            .aws
            .iam()
            .createAccessKey(request -> request.userName("test-blue-shop"))
            .accessKey()
            .accessKeyId();

    var ran = init("blue", "--out", "id");

    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(
            world
                .aws
                .iam()
                .listAccessKeys(request -> request.userName("test-blue-shop"))
                .accessKeyMetadata())
        .singleElement()
        .satisfies(key -> assertThat(key.accessKeyId()).isNotEqualTo(lost));
    assertThat(identity).exists();
  }

  @Test
  void initRefusesANameThatExistsWithOtherTags() {
    init("blue", "--out", "id");
    // environment test-blue, namespace shop-a and so on can make the same name from other parts
    world
        .aws
        .codeDeploy()
        .addTagsToOnPremisesInstances(
            request ->
                request
                    .instanceNames("test-blue-shop")
                    .tags(Tag.builder().key("kodedeployns").value("other").build()));

    var ran = init("blue", "--out", "id");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("kode: instance-mismatch: ", "kodedeployns=other");
  }

  @Test
  void initRefusesToOverwriteAnotherHostsFile() {
    init("blue", "--out", "id");

    var ran = init("green", "--out", "id");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("kode: identity-file-conflict: ", "--out");
  }

  @Test
  void deployRunsTheCommandInTheBundleOnEveryHostAndLeavesTheSourceAlone() throws IOException {
    app();
    init("blue", "--out", "id");
    world.namespaceHost(identity);

    var ran = deploy("--command", "cat marker > " + folder.resolve("proof"));

    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.out()).contains("succeeded on all 1 targets");
    assertThat(ran.err()).contains("test-blue-shop").contains("Succeeded");
    assertThat(folder.resolve("proof")).hasContent("here");
    try (var files = Files.list(folder.resolve("app"))) {
      assertThat(files).containsExactly(folder.resolve("app/marker"));
    }
  }

  @Test
  void theSameSourceIsTheSameRevision() throws IOException {
    app();
    init("blue", "--out", "id");
    world.namespaceHost(identity);

    deploy("--command", "true");
    var second = deploy("--command", "true");

    assertThat(second.code()).as(second.err()).isZero();
    assertThat(second.err()).contains("is already there");
    assertThat(
            world
                .aws
                .codeDeploy()
                .listApplicationRevisions(request -> request.applicationName("cart"))
                .revisions())
        .hasSize(1);
  }

  @Test
  void aFailingScriptIsToldWithItsLogAndExitCode1() throws IOException {
    app();
    init("blue", "--out", "id");
    world.namespaceHost(identity);

    var ran = deploy("--command", "echo the reason >&2; exit 7");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err())
        .contains(
            "test-blue-shop: AfterInstall failed (ScriptFailed) in kodedeploy/after-install.sh")
        .contains("| ", "the reason")
        .contains("kode: deployment-failed: ", "0 of 1 targets succeeded");
  }

  @Test
  void aHostThatNeverAnswersIsWaitedForUntilTheTimeIsOver() throws IOException {
    app();
    init("blue", "--out", "id");
    init("green", "--out", "id2");
    world.namespaceHost(identity);
    // nobody polls for green

    var ran = deployTo(World.BUCKET, "5s", "--command", "true");

    assertThat(ran.code()).isEqualTo(4);
    assertThat(ran.err()).contains("kode: deployment-running: ", "still running after 5s");
  }

  @Test
  void deployWithoutAnyHostSaysSo() throws IOException {
    app();

    var ran = deploy("--command", "true");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err())
        .contains("deployment-failed")
        .contains("NO_INSTANCES")
        .contains("kode init");
  }

  @Test
  void aGroupThatSelectsOthersIsRefused() throws IOException {
    app();
    deploy("--command", "true");
    world
        .aws
        .codeDeploy()
        .updateDeploymentGroup(
            request ->
                request
                    .applicationName("cart")
                    .currentDeploymentGroupName("test-shop")
                    .onPremisesTagSet(
                        set ->
                            set.onPremisesTagSetList(
                                List.of(
                                    List.of(
                                        TagFilter.builder()
                                            .key("kodedeployenv")
                                            .value("prod")
                                            .type("KEY_AND_VALUE")
                                            .build())))));

    var ran = deploy("--command", "true");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("kode: group-mismatch: ", "kodedeployenv=prod");
  }

  @Test
  void aMissingBucketIsNamed() throws IOException {
    app();

    var ran = deployTo("nowhere", "60s", "--command", "true");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("kode: bucket-missing: ");
  }
}
