package io.kodedeploy.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** The unmodified aws command line against the simulator (service specification, section 7). */
class AwsCommandLineIT {
  private final Simulator simulator = Simulator.start(SimulatorSettings.onAnyPort());
  @TempDir private Path folder;
  private CommandLine aws;

  @BeforeEach
  void findTheCommandLine() {
    assumeTrue(CommandLine.has("aws"), "skipped: there is no aws command line on this machine");
    aws =
        new CommandLine(
            folder,
            Map.of(
                "AWS_ENDPOINT_URL", simulator.url().toString(),
                "AWS_ACCESS_KEY_ID", "test",
                "AWS_SECRET_ACCESS_KEY", "test",
                "AWS_DEFAULT_REGION", "us-west-2"));
  }

  @AfterEach
  void close() {
    simulator.close();
  }

  @Test
  void copiesTwentyMegabytesThereAndBackInParts() throws Exception {
    var content = new byte[20_000_000];
    new Random(7).nextBytes(content);
    Files.write(folder.resolve("big"), content);

    aws.succeed("aws", "s3", "mb", "s3://bundles");
    aws.succeed("aws", "s3", "cp", "big", "s3://bundles/a/big", "--no-progress");
    aws.succeed("aws", "s3", "cp", "s3://bundles/a/big", "again", "--no-progress");

    assertThat(folder.resolve("again")).hasBinaryContent(content);
    assertThat(aws.succeed("aws", "s3", "ls", "s3://bundles/a/")).contains("20000000 big");
    assertThat(operations("s3")).contains("CreateMultipartUpload", "UploadPart");
    var missing = aws.run("aws", "s3", "cp", "s3://bundles/none", "none");
    assertThat(missing.exitCode()).isEqualTo(1);
    assertThat(missing.errors()).contains("404");
  }

  @Test
  void pushesABundleAndRegistersItsETag() throws Exception {
    Files.createDirectory(folder.resolve("src"));
    Files.writeString(folder.resolve("src/appspec.yml"), "version: 0.0\nos: linux\n");
    aws.succeed("aws", "s3", "mb", "s3://bundles");
    aws.succeed("aws", "deploy", "create-application", "--application-name", "web");

    var printed =
        aws.succeed(
            "aws",
            "deploy",
            "push",
            "--application-name",
            "web",
            "--s3-location",
            "s3://bundles/web.zip",
            "--source",
            "src");

    assertThat(printed)
        .containsPattern("bucket=bundles,key=web.zip,bundleType=zip,eTag=[0-9a-f]{32}");
    var revisions =
        aws.succeed("aws", "deploy", "list-application-revisions", "--application-name", "web");
    assertThat(revisions).contains("web.zip");
  }

  @Test
  void registersAnOnPremisesInstanceWithAUserOfItsOwn() throws Exception {
    aws.succeed(
        "aws",
        "deploy",
        "register",
        "--instance-name",
        "demo-blue-shop",
        "--tags",
        "Key=kodedeployenv,Value=demo");

    var file = folder.resolve("codedeploy.onpremises.yml");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(file)
        .content()
        .contains("iam_user_arn: arn:aws:iam::123456789012:user/AWS/CodeDeploy/demo-blue-shop");
    assertThat(operations("iam")).containsExactly("CreateUser", "CreateAccessKey", "PutUserPolicy");
    assertThat(operations("codedeploy"))
        .containsExactly("RegisterOnPremisesInstance", "AddTagsToOnPremisesInstances");
  }

  private List<String> operations(String service) throws Exception {
    var uri = simulator.url().resolve("/_simulator/requests?service=" + service);
    var answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(uri.toString())).build(),
                HttpResponse.BodyHandlers.ofString());
    return JsonMapper.shared()
        .readTree(answer.body())
        .valueStream()
        .map(call -> call.path("operation").asString(""))
        .toList();
  }
}
