package io.kodedeploy.namespace;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Locale.ROOT;

import io.kodedeploy.simulator.Simulator;
import io.kodedeploy.simulator.SimulatorSettings;
import io.kodedeploy.simulator.wire.Caller;
import io.kodedeploy.simulator.wire.Credential;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.codedeploy.CodeDeployClient;
import software.amazon.awssdk.services.codedeploy.model.DeploymentInfo;
import software.amazon.awssdk.services.codedeploy.model.DeploymentStatus;
import software.amazon.awssdk.services.codedeploy.model.InstanceTarget;
import software.amazon.awssdk.services.codedeploy.model.RevisionLocation;
import software.amazon.awssdk.services.codedeploy.model.Tag;
import software.amazon.awssdk.services.codedeploy.model.TagFilter;
import software.amazon.awssdk.services.codedeploy.model.TagFilterType;
import software.amazon.awssdk.services.s3.S3Client;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A simulated account with a bucket, as the operator and the service use it. */
final class SimulatedAws implements AutoCloseable {
  static final String HOST_KEY = "AKIAHOST";
  static final String HOST_SECRET = "host-secret";
  static final String HOST_ARN = "arn:aws:iam::123456789012:user/test-green-shop";
  private static final Set<DeploymentStatus> ENDED =
      Set.of(DeploymentStatus.SUCCEEDED, DeploymentStatus.FAILED, DeploymentStatus.STOPPED);

  private final Simulator simulator;
  private final HttpClient http = HttpClient.newHttpClient();
  private final CodeDeployClient codeDeploy;
  private final S3Client s3;

  SimulatedAws() {
    this(List.of());
  }

  /**
   * An account that also knows the users of these namespaces' hosts, for {@link #registerHostOf}.
   */
  SimulatedAws(List<String> namespaces) {
    simulator =
        Simulator.start(SimulatorSettings.onAnyPort().withCredentials(credentials(namespaces)));
    var credentials = StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"));
    codeDeploy =
        CodeDeployClient.builder()
            .endpointOverride(simulator.url())
            .region(Region.US_WEST_2)
            .credentialsProvider(credentials)
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .build();
    s3 =
        S3Client.builder()
            .endpointOverride(simulator.url())
            .region(Region.US_WEST_2)
            .credentialsProvider(credentials)
            .forcePathStyle(true)
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .build();
    s3.createBucket(r -> r.bucket("bundles"));
  }

  private static List<Credential> credentials(List<String> namespaces) {
    var all = new ArrayList<Credential>();
    all.add(credential(HOST_KEY, HOST_SECRET, HOST_ARN, "AIDAHOST"));
    namespaces.forEach(
        ns ->
            all.add(credential(keyOf(ns), secretOf(ns), arnOf(ns), "AIDA" + ns.toUpperCase(ROOT))));
    return all;
  }

  private static Credential credential(String key, String secret, String arn, String id) {
    return Credential.longLived(key, secret, new Caller(arn, "123456789012", id));
  }

  private static String keyOf(String namespace) {
    return "AKIA" + namespace.toUpperCase(ROOT);
  }

  static String secretOf(String namespace) {
    return "secret-of-" + namespace;
  }

  static String arnOf(String namespace) {
    return "arn:aws:iam::123456789012:user/test-green-" + namespace;
  }

  /** The file with the identity of a namespace's host. */
  static String identityOf(String namespace) {
    return """
    iam_user_arn: %s
    aws_access_key_id: %s
    aws_secret_access_key: %s
    region: us-west-2
    """
        .formatted(arnOf(namespace), keyOf(namespace), secretOf(namespace));
  }

  /** What {@code kode init} does for the host of one namespace of many. */
  void registerHostOf(String namespace) {
    register("test-green-" + namespace, arnOf(namespace), namespace);
  }

  URI url() {
    return simulator.url();
  }

  /** What {@code kode init} does for the host (environment test, cluster green). */
  void registerHost(String namespace) {
    register("test-green-shop", HOST_ARN, namespace);
  }

  private void register(String name, String arn, String namespace) {
    codeDeploy.registerOnPremisesInstance(r -> r.instanceName(name).iamUserArn(arn));
    codeDeploy.addTagsToOnPremisesInstances(
        r ->
            r.instanceNames(name)
                .tags(
                    tag("kodedeployenv", "test"),
                    tag("kodedeploycluster", "green"),
                    tag("kodedeployns", namespace)));
  }

  /** An application with the group of its environment and namespace. */
  void createApplication(String application, String namespace) {
    codeDeploy.createApplication(r -> r.applicationName(application));
    createGroup(application, group(namespace), namespace);
  }

  /** The name of the group of the environment and that namespace. */
  String group(String namespace) {
    return "test-" + namespace;
  }

  /** A group of any name that selects the host by its tags. */
  void createGroup(String application, String group, String namespace) {
    codeDeploy.createDeploymentGroup(
        r ->
            r.applicationName(application)
                .deploymentGroupName(group)
                .serviceRoleArn("arn:aws:iam::123456789012:role/codedeploy")
                .deploymentConfigName("CodeDeployDefault.AllAtOnce")
                .onPremisesTagSet(
                    s ->
                        s.onPremisesTagSetList(
                            List.of(
                                List.of(filter("kodedeployenv", "test")),
                                List.of(filter("kodedeployns", namespace))))));
  }

  /** What {@code kode init --tags now} does for a host that is a session. */
  void registerSession(String name, String sessionArn, String namespace) {
    codeDeploy.registerOnPremisesInstance(r -> r.instanceName(name).iamSessionArn(sessionArn));
    codeDeploy.addTagsToOnPremisesInstances(
        r ->
            r.instanceNames(name)
                .tags(
                    tag("kodedeployenv", "test"),
                    tag("kodedeploycluster", "green"),
                    tag("kodedeployns", namespace)));
  }

  /** The tags of an instance. */
  Map<String, String> tags(String instance) {
    return codeDeploy
        .getOnPremisesInstance(r -> r.instanceName(instance))
        .instanceInfo()
        .tags()
        .stream()
        .collect(Collectors.toMap(Tag::key, Tag::value));
  }

  private static Tag tag(String key, String value) {
    return Tag.builder().key(key).value(value).build();
  }

  private static TagFilter filter(String key, String value) {
    return TagFilter.builder().key(key).value(value).type(TagFilterType.KEY_AND_VALUE).build();
  }

  /** Uploads a bundle and deploys it. */
  String deploy(String application, String namespace, Map<String, String> files)
      throws IOException {
    return deployThrough(group(namespace), application, files);
  }

  /** The same through a group of any name. */
  String deployThrough(String group, String application, Map<String, String> files)
      throws IOException {
    var key = "codedeploy/test/" + application + "/" + files.hashCode() + ".zip";
    var eTag =
        s3.putObject(r -> r.bucket("bundles").key(key), RequestBody.fromBytes(zip(files))).eTag();
    return codeDeploy
        .createDeployment(
            r ->
                r.applicationName(application)
                    .deploymentGroupName(group)
                    .revision(
                        RevisionLocation.builder()
                            .revisionType("S3")
                            .s3Location(
                                l ->
                                    l.bucket("bundles")
                                        .key(key)
                                        .bundleType("zip")
                                        .eTag(eTag.replace("\"", "")))
                            .build()))
        .deploymentId();
  }

  private static byte[] zip(Map<String, String> files) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      for (var file : files.entrySet()) {
        zip.putNextEntry(new ZipEntry(file.getKey()));
        zip.write(file.getValue().getBytes(UTF_8));
        zip.closeEntry();
      }
    }
    return bytes.toByteArray();
  }

  DeploymentInfo deployment(String id) {
    return codeDeploy.getDeployment(r -> r.deploymentId(id)).deploymentInfo();
  }

  DeploymentInfo awaitEnd(String id) throws InterruptedException {
    Await.until(
        Duration.ofSeconds(90),
        () -> "deployment " + id + " is " + deployment(id).statusAsString(),
        () -> ENDED.contains(deployment(id).status()));
    return deployment(id);
  }

  /** The host's part of a deployment. */
  InstanceTarget target(String deploymentId) {
    var name =
        codeDeploy.listDeploymentTargets(r -> r.deploymentId(deploymentId)).targetIds().getFirst();
    return codeDeploy
        .getDeploymentTarget(r -> r.deploymentId(deploymentId).targetId(name))
        .deploymentTarget()
        .instanceTarget();
  }

  /** The calls that the account saw. */
  JsonNode requests(String service, String operation) throws IOException, InterruptedException {
    var uri = url().resolve("/_simulator/requests?service=" + service + "&operation=" + operation);
    var answer = http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    return JsonMapper.shared().readTree(answer.body());
  }

  /** An object of the bucket as text. */
  String object(String key) {
    return s3.getObjectAsBytes(r -> r.bucket("bundles").key(key)).asUtf8String();
  }

  @Override
  public void close() {
    codeDeploy.close();
    s3.close();
    http.close();
    simulator.close();
  }
}
