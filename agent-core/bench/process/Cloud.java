import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.codedeploy.CodeDeployClient;
import software.amazon.awssdk.services.codedeploy.model.BundleType;
import software.amazon.awssdk.services.codedeploy.model.DeploymentStatus;
import software.amazon.awssdk.services.s3.S3Client;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The simulator as a process, with one worker that a deployment group selects. */
final class Cloud implements AutoCloseable {
  private static final String NAME = "bench";
  private final Process process;
  private final HttpClient http = HttpClient.newHttpClient();
  private final CodeDeployClient codeDeploy;
  private final S3Client s3;
  final URI url;
  final URI metadata;

  Cloud() throws IOException, InterruptedException {
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-jar",
                "simulator/target/simulator.jar",
                "--port",
                "0")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    var first =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8)).readLine();
    url = URI.create(first.substring(first.indexOf("http")));
    var credentials = StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"));
    codeDeploy =
        CodeDeployClient.builder()
            .region(Region.US_WEST_2)
            .credentialsProvider(credentials)
            .endpointOverride(url)
            .httpClient(UrlConnectionHttpClient.create())
            .build();
    s3 =
        S3Client.builder()
            .region(Region.US_WEST_2)
            .credentialsProvider(credentials)
            .endpointOverride(url)
            .forcePathStyle(true)
            .httpClient(UrlConnectionHttpClient.create())
            .build();
    var cluster =
        admin("POST", "/clusters", "{\"name\":\"bench\",\"environment\":\"bench\",\"nodes\":1}");
    metadata = URI.create(cluster.required("nodes").get(0).required("metadataUrl").stringValue());
    s3.createBucket(b -> b.bucket(NAME));
    codeDeploy.createApplication(r -> r.applicationName(NAME));
    codeDeploy.createDeploymentGroup(
        r ->
            r.applicationName(NAME)
                .deploymentGroupName(NAME)
                .serviceRoleArn("arn:aws:iam::123456789012:role/codedeploy")
                .deploymentConfigName("CodeDeployDefault.AllAtOnce")
                .autoScalingGroups(cluster.required("autoScalingGroup").stringValue()));
  }

  void upload(Map<String, String> files) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      for (var file : files.entrySet()) {
        zip.putNextEntry(new ZipEntry(file.getKey()));
        zip.write(file.getValue().getBytes(UTF_8));
        zip.closeEntry();
      }
    }
    s3.putObject(b -> b.bucket(NAME).key(NAME), RequestBody.fromBytes(bytes.toByteArray()));
  }

  /**
   * One deployment to its end, which must be good.
   *
   * @return from its creation to its completion, by the clock of the service
   */
  Duration deploy() throws InterruptedException {
    var id =
        codeDeploy
            .createDeployment(
                r ->
                    r.applicationName(NAME)
                        .deploymentGroupName(NAME)
                        .revision(
                            v ->
                                v.revisionType("S3")
                                    .s3Location(
                                        l -> l.bucket(NAME).key(NAME).bundleType(BundleType.ZIP))))
            .deploymentId();
    for (long end = System.nanoTime() + 60_000_000_000L; System.nanoTime() < end; ) {
      TimeUnit.MILLISECONDS.sleep(50);
      var info = codeDeploy.getDeployment(r -> r.deploymentId(id)).deploymentInfo();
      if (info.completeTime() != null) {
        if (info.status() != DeploymentStatus.SUCCEEDED) {
          throw new IllegalStateException(info.toString());
        }
        return Duration.between(info.createTime(), info.completeTime());
      }
    }
    throw new IllegalStateException("deployment " + id + " does not end");
  }

  /** A call the command service answered. */
  record Answered(Instant when, String operation) {}

  List<Answered> answered() throws IOException, InterruptedException {
    var calls = new ArrayList<Answered>();
    for (var call : admin("GET", "/requests?service=codedeploy-commands", "")) {
      calls.add(
          new Answered(
              Instant.parse(call.required("answered").stringValue()),
              call.required("operation").stringValue()));
    }
    return calls;
  }

  private JsonNode admin(String method, String path, String body)
      throws IOException, InterruptedException {
    var response =
        http.send(
            HttpRequest.newBuilder(URI.create(url + "/_simulator" + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build(),
            BodyHandlers.ofString());
    if (response.statusCode() >= 300) {
      throw new IOException(method + " " + path + ": " + response.body());
    }
    return JsonMapper.shared().readTree(response.body());
  }

  @Override
  public void close() throws InterruptedException {
    codeDeploy.close();
    s3.close();
    http.close();
    process.destroy();
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }
}
