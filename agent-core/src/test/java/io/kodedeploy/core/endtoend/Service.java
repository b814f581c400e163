package io.kodedeploy.core.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.core.conformance.Awaited;
import io.kodedeploy.simulator.Simulator;
import io.kodedeploy.simulator.SimulatorSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.codedeploy.CodeDeployClient;
import software.amazon.awssdk.services.codedeploy.model.BundleType;
import software.amazon.awssdk.services.codedeploy.model.DeploymentInfo;
import software.amazon.awssdk.services.codedeploy.model.DeploymentStatus;
import software.amazon.awssdk.services.codedeploy.model.InstanceTarget;
import software.amazon.awssdk.services.codedeploy.model.Tag;
import software.amazon.awssdk.services.codedeploy.model.TagFilter;
import software.amazon.awssdk.services.codedeploy.model.TagFilterType;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.AccessKey;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * AWS in this process, with one on-premises host registered, seen through the SDK's own clients.
 */
final class Service implements AutoCloseable {
  static final String ARN = "arn:aws:iam::123456789012:user/host-1";
  private static final Region REGION = Region.US_WEST_2;
  private static final Duration LIMIT = Duration.ofSeconds(90);

  final Simulator simulator = Simulator.start(SimulatorSettings.onAnyPort());
  final CodeDeployClient codeDeploy;
  final AccessKey key;
  private final S3Client s3;
  private final HttpClient http = HttpClient.newHttpClient();

  Service() {
    var administrator =
        StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"));
    codeDeploy =
        CodeDeployClient.builder()
            .region(REGION)
            .endpointOverride(simulator.url())
            .credentialsProvider(administrator)
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .build();
    s3 =
        S3Client.builder()
            .region(REGION)
            .endpointOverride(simulator.url())
            .credentialsProvider(administrator)
            .forcePathStyle(true)
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .build();
    try (var iam =
        IamClient.builder()
            .region(REGION)
            .endpointOverride(simulator.url())
            .credentialsProvider(administrator)
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .build()) {
      iam.createUser(r -> r.userName("host-1"));
      iam.putUserPolicy(
          r ->
              r.userName("host-1")
                  .policyName("bundles")
                  .policyDocument(
                      "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"}]}"));
      key = iam.createAccessKey(r -> r.userName("host-1")).accessKey();
    }
    s3.createBucket(r -> r.bucket("bundles"));
    codeDeploy.registerOnPremisesInstance(r -> r.instanceName("host-1").iamUserArn(ARN));
    codeDeploy.addTagsToOnPremisesInstances(
        r -> r.instanceNames("host-1").tags(Tag.builder().key("role").value("web").build()));
    codeDeploy.createApplication(r -> r.applicationName("app"));
    codeDeploy.createDeploymentGroup(
        r ->
            r.applicationName("app")
                .deploymentGroupName("group")
                .serviceRoleArn("arn:aws:iam::123456789012:role/codedeploy-service")
                .deploymentConfigName("CodeDeployDefault.AllAtOnce")
                .onPremisesInstanceTagFilters(
                    TagFilter.builder()
                        .key("role")
                        .value("web")
                        .type(TagFilterType.KEY_AND_VALUE)
                        .build()));
  }

  /** Writes the official files of the host that this service knows; answers the first of them. */
  Path settings(Path directory) throws IOException {
    Files.writeString(
        directory.resolve("onpremises.yml"),
        "iam_user_arn: %s\naws_access_key_id: %s\naws_secret_access_key: %s\nregion: us-west-2\n"
            .formatted(ARN, key.accessKeyId(), key.secretAccessKey()));
    return Files.writeString(
        directory.resolve("codedeployagent.yml"),
        """
        root_dir: %s/root
        wait_between_runs: 1
        deploy_control_endpoint: %s
        s3_endpoint_override: %s
        on_premises_config_file: %s/onpremises.yml
        """
            .formatted(directory, simulator.url(), simulator.url(), directory));
  }

  /** Uploads a bundle of these files and deploys it; answers the deployment's id. */
  String deploy(Map<String, String> files) {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      for (var file : files.entrySet()) {
        zip.putNextEntry(new ZipEntry(file.getKey()));
        zip.write(file.getValue().getBytes(UTF_8));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String name = "app-" + System.nanoTime() + ".zip";
    s3.putObject(r -> r.bucket("bundles").key(name), RequestBody.fromBytes(bytes.toByteArray()));
    return codeDeploy
        .createDeployment(
            r ->
                r.applicationName("app")
                    .deploymentGroupName("group")
                    .revision(
                        v ->
                            v.revisionType("S3")
                                .s3Location(
                                    l -> l.bucket("bundles").key(name).bundleType(BundleType.ZIP))))
        .deploymentId();
  }

  /** The deployment, once it has ended. */
  DeploymentInfo ended(String deployment) throws Exception {
    Awaited.within(LIMIT, "end of " + deployment, () -> terminal(info(deployment).status()));
    return info(deployment);
  }

  private static boolean terminal(DeploymentStatus status) {
    return status == DeploymentStatus.SUCCEEDED
        || status == DeploymentStatus.FAILED
        || status == DeploymentStatus.STOPPED;
  }

  DeploymentInfo info(String deployment) {
    return codeDeploy.getDeployment(r -> r.deploymentId(deployment)).deploymentInfo();
  }

  /** What the service knows of the host's part. */
  InstanceTarget target(String deployment) {
    return codeDeploy
        .batchGetDeploymentTargets(r -> r.deploymentId(deployment).targetIds("host-1"))
        .deploymentTargets()
        .getFirst()
        .instanceTarget();
  }

  /** Injects a fault into the command service. */
  void fault(String operation, String kind, int count) throws Exception {
    String body =
        "{\"service\":\"codedeploy-commands\",\"operation\":\"%s\",\"kind\":\"%s\",\"count\":%d}"
            .formatted(operation, kind, count);
    var answer =
        http.send(
            HttpRequest.newBuilder(at("/faults")).POST(BodyPublishers.ofString(body)).build(),
            BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
  }

  /** How often the host has called an operation. */
  long calls(String operation) throws Exception {
    var answer =
        http.send(
            HttpRequest.newBuilder(
                    at("/requests?service=codedeploy-commands&operation=" + operation))
                .build(),
            BodyHandlers.ofString());
    return answer.body().split("\"operation\"", -1).length - 1L;
  }

  private URI at(String path) {
    return URI.create(simulator.url() + "/_simulator" + path);
  }

  @Override
  public void close() {
    http.close();
    codeDeploy.close();
    s3.close();
    simulator.close();
  }
}
