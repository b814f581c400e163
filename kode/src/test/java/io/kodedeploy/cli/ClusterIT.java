package io.kodedeploy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;

/** {@code kode cluster} and {@code kode why} against the simulator. */
class ClusterIT {
  private static final String[] BLUE = {"--environment", "test", "--cluster", "blue"};

  @TempDir Path folder;

  private World world;

  @BeforeEach
  void start() {
    world = new World(folder);
    init("blue", "shop");
    init("blue", "cart");
    init("green", "shop");
  }

  @AfterEach
  void end() {
    world.close();
  }

  private void init(String cluster, String namespace) {
    var ran =
        world.kode(
            "init",
            "--identity",
            "user",
            "--environment",
            "test",
            "--cluster",
            cluster,
            "--namespace",
            namespace,
            "--out",
            cluster + "-" + namespace,
            "--bucket",
            World.BUCKET);
    assertThat(ran.code()).as(ran.err()).isZero();
  }

  private World.Ran cluster(String verb, String... more) {
    var arguments = new ArrayList<String>(List.of("cluster", verb));
    arguments.addAll(List.of(BLUE));
    arguments.addAll(List.of(more));
    return world.kode(arguments.toArray(String[]::new));
  }

  private Map<String, String> tags(String instance) {
    var tags = new TreeMap<String, String>();
    world
        .aws
        .codeDeploy()
        .getOnPremisesInstance(request -> request.instanceName(instance))
        .instanceInfo()
        .tags()
        .forEach(tag -> tags.put(tag.key(), tag.value()));
    return tags;
  }

  private void record(String cluster, Instant written, String application) {
    world
        .aws
        .s3()
        .putObject(
            request ->
                request
                    .bucket(World.BUCKET)
                    .key("kodedeploy-status/test/shop/" + cluster + ".json"),
            RequestBody.fromString(
                """
                {"schema":1,"environment":"test","namespace":"shop","cluster":"%s","written":"%s",
                 "applications":{%s}}
                """
                    .formatted(cluster, written, application)));
  }

  @Test
  void aPausedClusterIsLeftOutOfDeploymentsUntilItIsResumed() throws Exception {
    world.namespaceHost(folder.resolve("green-shop/codedeploy.onpremises.yml"));
    Files.createDirectories(folder.resolve("app"));
    Files.writeString(folder.resolve("app/marker"), "here");

    var paused = cluster("pause");
    var again = cluster("pause");
    // No host of blue runs here: a deployment that waited for one would not succeed in time.
    var deployed =
        world.kode(
            "deploy",
            "--environment",
            "test",
            "--namespace",
            "shop",
            "--application",
            "cart",
            "--bucket",
            World.BUCKET,
            "--source",
            "app",
            "--timeout",
            "60s",
            "--command",
            "test -f marker");
    var pausedTags = tags("test-blue-shop");
    var resumed = cluster("resume");

    assertThat(paused.code()).as(paused.err()).isZero();
    assertThat(paused.out()).startsWith("paused: 2 hosts of cluster blue");
    assertThat(again.out()).startsWith("unchanged: ");
    assertThat(deployed.code()).as(deployed.err()).isZero();
    assertThat(pausedTags)
        .isEqualTo(
            Map.of(
                "kodedeploypaused", "test", "kodedeploycluster", "blue", "kodedeployns", "shop"));
    assertThat(resumed.out()).startsWith("resumed: 2 hosts of cluster blue");
    assertThat(tags("test-blue-shop"))
        .isEqualTo(
            Map.of("kodedeployenv", "test", "kodedeploycluster", "blue", "kodedeployns", "shop"));
    assertThat(tags("test-green-shop")).containsEntry("kodedeployenv", "test");
  }

  @Test
  void aRetiredClusterLeavesNothingBehind() {
    record("blue", Instant.now().minusSeconds(3600), "");

    var plan = cluster("retire", "--bucket", World.BUCKET);
    var stillThere = tags("test-blue-shop");
    var retired = cluster("retire", "--bucket", World.BUCKET, "--yes");
    var again = cluster("retire", "--bucket", World.BUCKET, "--yes");

    assertThat(plan.code()).as(plan.err()).isZero();
    assertThat(plan.out()).contains("would remove test-blue-shop", "--yes");
    assertThat(stillThere).isNotEmpty();
    assertThat(retired.code()).as(retired.err()).isZero();
    assertThat(
            world
                .aws
                .codeDeploy()
                .listOnPremisesInstances(request -> request.registrationStatus("Registered"))
                .instanceNames())
        .containsExactly("test-green-shop");
    assertThatThrownBy(() -> world.aws.iam().getUser(r -> r.userName("test-blue-shop")))
        .isInstanceOf(NoSuchEntityException.class);
    assertThat(
            world
                .aws
                .s3()
                .listObjectsV2(r -> r.bucket(World.BUCKET).prefix("kodedeploy-status/"))
                .contents())
        .isEmpty();
    assertThat(again.code()).isEqualTo(1);
    assertThat(again.err()).contains("cluster-missing");
  }

  @Test
  void deployNamesTheHostsThatItExpectsDeadBeforeItStarts() throws Exception {
    world.namespaceHost(folder.resolve("green-shop/codedeploy.onpremises.yml"));
    Files.createDirectories(folder.resolve("app"));
    var unknown = deployShop("web");
    record("green", Instant.now(), "");
    record("blue", Instant.now().minusSeconds(3600), "");

    var named = deployShop("api");

    assertThat(unknown.err()).contains("nobody knows before the deployment which are alive");
    assertThat(named.err())
        .contains(
            "deploy: namespace shop of cluster blue has not reported for 60 minutes and is expected"
                + " dead",
            "kode cluster pause --environment test --cluster blue")
        .doesNotContain("cluster green has");
    assertThat(named.err().indexOf("expected dead"))
        .isLessThan(named.err().indexOf(" to group test-shop"));
  }

  private World.Ran deployShop(String application) {
    return world.kode(
        "deploy",
        "--environment",
        "test",
        "--namespace",
        "shop",
        "--application",
        application,
        "--bucket",
        World.BUCKET,
        "--source",
        "app",
        "--timeout",
        "1s",
        "--command",
        "true");
  }

  @Test
  void aHostThatNeverJoinedIsRetiredWithItsRole() {
    var made =
        world.kode(
            "init",
            "--environment",
            "test",
            "--cluster",
            "red",
            "--namespace",
            "shop",
            "--out",
            "red");

    var retired =
        world.kode("cluster", "retire", "--environment", "test", "--cluster", "red", "--yes");

    assertThat(made.code()).as(made.err()).isZero();
    assertThat(retired.code()).as(retired.err()).isZero();
    assertThat(world.aws.iam().listRoles(r -> r.pathPrefix("/kodedeploy/")).roles()).isEmpty();
    assertThat(
            world
                .aws
                .codeDeploy()
                .listOnPremisesInstances(request -> request.registrationStatus("Registered"))
                .instanceNames())
        .doesNotContain("test-red-shop");
  }

  @Test
  void aClusterThatStillReportsIsNotRetired() {
    record("blue", Instant.now(), "");

    var refused = cluster("retire", "--bucket", World.BUCKET, "--yes");

    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).contains("cluster-alive", "namespace shop of cluster blue");
    assertThat(tags("test-blue-shop")).isNotEmpty();
  }

  @Test
  void whySaysForEveryClusterWhatIsTheMatterAndWhatToDo() {
    record(
        "blue",
        Instant.now(),
        "\"cart\":{\"wanted\":\"s3://b/2\",\"installed\":\"s3://b/1\",\"ready\":false,"
            + "\"reason\":\"failed: d-1 failed in Install: quota exceeded. Raise it.\"}");
    record(
        "green",
        Instant.now(),
        "\"cart\":{\"wanted\":\"s3://b/2\",\"installed\":\"s3://b/2\",\"ready\":true}");
    record("grey", Instant.now().minusSeconds(3600), "");

    var why = why("cart");
    var green = why("cart", "--cluster", "green");
    var other = why("catalogue", "--cluster", "green");
    var nobody = why("cart", "--cluster", "none");

    assertThat(why.code()).isEqualTo(1);
    assertThat(why.out())
        .contains(
            "cluster blue: behind: failed: d-1 failed in Install: quota exceeded. Raise it."
                + " (wanted s3://b/2, installed s3://b/1)")
        .contains("cluster green: current: installed s3://b/2")
        .contains("cluster grey: unknown: the host has not reported for 60 minutes")
        .contains("kode cluster retire --environment test --cluster grey");
    assertThat(green.code()).as(green.err()).isZero();
    assertThat(other.code()).isEqualTo(1);
    assertThat(other.out()).contains("cluster green: absent: ", "accept.groups");
    assertThat(nobody.code()).isEqualTo(1);
    assertThat(nobody.err()).contains("host-missing");
  }

  private World.Ran why(String application, String... more) {
    var arguments =
        new ArrayList<String>(
            List.of(
                "why", "--environment", "test", "--namespace", "shop", "--bucket", World.BUCKET));
    arguments.addAll(List.of("--application", application));
    arguments.addAll(List.of(more));
    return world.kode(arguments.toArray(String[]::new));
  }
}
