package io.kodedeploy.namespace;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kodedeploy.simulator.SignedClient;
import io.kodedeploy.simulator.Simulator;
import io.kodedeploy.simulator.SimulatorSettings;
import io.kodedeploy.simulator.conformance.ScriptedHost;
import io.kodedeploy.simulator.wire.Caller;
import io.kodedeploy.simulator.wire.Credential;
import io.kodedeploy.simulator.wire.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** An AWS account in which an old cluster has every application and a new one has none. */
final class Account implements AutoCloseable {
  static final String BUCKET = "bundles";
  static final int PER_SECOND = 10;
  private static final List<String> APPLICATIONS = List.of("web", "api", "jobs");
  private static final String OLD = "old";
  static final String NEW = "new";

  private final List<String> namespaces;
  private final Simulator simulator;
  private final SignedClient administrator;

  Account(List<String> namespaces) throws IOException, InterruptedException {
    this.namespaces = namespaces;
    var keys = new ArrayList<Credential>();
    for (var cluster : List.of(OLD, NEW)) {
      for (var namespace : namespaces) {
        var name = host(cluster, namespace);
        keys.add(
            Credential.longLived(
                key(name), name, new Caller(ScriptedHost.identity(name), "123456789012", name)));
      }
    }
    simulator = Simulator.start(SimulatorSettings.onAnyPort().withCredentials(keys));
    administrator = SignedClient.administrator(simulator.url());
    register(OLD);
    upload();
    deployToOld();
    register(NEW);
    administrator.administration(
        "POST",
        "/faults",
        Json.object()
            .put("service", "codedeploy")
            .put("kind", "throttle")
            .put("count", Integer.MAX_VALUE)
            .put("perSecond", PER_SECOND));
  }

  URI url() {
    return simulator.url();
  }

  static int applications() {
    return APPLICATIONS.size();
  }

  /** What {@code kode init} writes for the host of a namespace in the new cluster. */
  static String onPremisesFile(String namespace) {
    var name = host(NEW, namespace);
    return """
    iam_user_arn: %s
    aws_access_key_id: %s
    aws_secret_access_key: %s
    region: us-west-2
    """
        .formatted(ScriptedHost.identity(name), key(name), name);
  }

  private static String key(String name) {
    return "KEY" + name;
  }

  private static String host(String cluster, String namespace) {
    return "bench-" + cluster + "-" + namespace;
  }

  private void register(String cluster) throws InterruptedException {
    for (var namespace : namespaces) {
      var name = host(cluster, namespace);
      call(
          "RegisterOnPremisesInstance",
          Json.object().put("instanceName", name).put("iamUserArn", ScriptedHost.identity(name)));
      var tags = Json.object();
      tags.putArray("instanceNames").add(name);
      var list = tags.putArray("tags");
      Map.of("kodedeployenv", "bench", "kodedeploycluster", cluster, "kodedeployns", namespace)
          .forEach((key, value) -> list.addObject().put("Key", key).put("Value", value));
      call("AddTagsToOnPremisesInstances", tags);
    }
  }

  private void upload() throws IOException {
    try (var s3 =
        S3Client.builder()
            .endpointOverride(simulator.url())
            .region(Region.US_WEST_2)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
            .forcePathStyle(true)
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .build()) {
      s3.createBucket(r -> r.bucket(BUCKET));
      for (var application : APPLICATIONS) {
        var zip = RequestBody.fromBytes(bundle(application));
        for (var namespace : namespaces) {
          s3.putObject(r -> r.bucket(BUCKET).key(object(application, namespace)), zip);
        }
      }
    }
  }

  private static String object(String application, String namespace) {
    return "codedeploy/bench/" + namespace + "/" + application + "/1.zip";
  }

  private static byte[] bundle(String application) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("appspec.yml"));
      zip.write("version: 0.0\nos: linux\nkodedeploy: {apply: [{path: deploy}]}\n".getBytes(UTF_8));
      zip.putNextEntry(new ZipEntry("deploy/all.yaml"));
      zip.write(
          """
          {apiVersion: v1, kind: ServiceAccount, metadata: {name: APP}}
          ---
          {apiVersion: v1, kind: ConfigMap, metadata: {name: APP}, data: {size: "1"}}
          ---
          {apiVersion: v1, kind: Service, metadata: {name: APP}, spec: {selector: {app: APP}, ports: [{port: 80}]}}
          ---
          {apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: APP}, spec: {maxUnavailable: 1, selector: {matchLabels: {app: APP}}}}
          ---
          apiVersion: apps/v1
          kind: Deployment
          metadata: {name: APP}
          spec:
            replicas: 0
            selector: {matchLabels: {app: APP}}
            template:
              metadata: {labels: {app: APP}}
              spec: {containers: [{name: main, image: nginx}]}
          """
              .replace("APP", application)
              .getBytes(UTF_8));
    }
    return bytes.toByteArray();
  }

  /** One group a namespace and application, each deployed once to the old cluster's hosts. */
  private void deployToOld() throws InterruptedException {
    var hosts = new ArrayList<ScriptedHost>();
    var ids = new ArrayList<String>();
    try {
      var journal = new CopyOnWriteArrayList<ScriptedHost.Received>();
      for (var namespace : namespaces) {
        hosts.add(
            new ScriptedHost(
                host(OLD, namespace), administrator, Map.of(), journal, new CountDownLatch(0)));
      }
      for (var application : APPLICATIONS) {
        call("CreateApplication", Json.object().put("applicationName", application));
        for (var namespace : namespaces) {
          call("CreateDeploymentGroup", group(application, namespace));
          ids.add(deploy(application, namespace));
        }
      }
      for (var id : ids) {
        awaitEnd(id);
      }
    } finally {
      hosts.forEach(ScriptedHost::close);
    }
  }

  private static ObjectNode group(String application, String namespace) {
    var group =
        Json.object()
            .put("applicationName", application)
            .put("deploymentGroupName", "bench-" + namespace)
            .put("serviceRoleArn", "arn:aws:iam::123456789012:role/codedeploy")
            .put("deploymentConfigName", "CodeDeployDefault.AllAtOnce");
    var sets = group.putObject("onPremisesTagSet").putArray("onPremisesTagSetList");
    Map.of("kodedeployenv", "bench", "kodedeployns", namespace)
        .forEach(
            (key, value) ->
                sets.addArray()
                    .addObject()
                    .put("Key", key)
                    .put("Value", value)
                    .put("Type", "KEY_AND_VALUE"));
    return group;
  }

  private String deploy(String application, String namespace) throws InterruptedException {
    var body =
        Json.object()
            .put("applicationName", application)
            .put("deploymentGroupName", "bench-" + namespace);
    body.putObject("revision")
        .put("revisionType", "S3")
        .putObject("s3Location")
        .put("bucket", BUCKET)
        .put("key", object(application, namespace))
        .put("bundleType", "zip");
    return call("CreateDeployment", body).path("deploymentId").stringValue();
  }

  private void awaitEnd(String id) throws InterruptedException {
    while (true) {
      var status =
          call("GetDeployment", Json.object().put("deploymentId", id))
              .path("deploymentInfo")
              .path("status")
              .asString("");
      if (status.equals("Succeeded")) {
        return;
      }
      if (status.equals("Failed") || status.equals("Stopped")) {
        throw new IllegalStateException(id + " is " + status);
      }
      Thread.sleep(100);
    }
  }

  private ObjectNode call(String operation, ObjectNode body) throws InterruptedException {
    var answer = administrator.codeDeploy(operation, body);
    if (answer.status() != 200) {
      throw new IllegalStateException(operation + ": " + answer);
    }
    return answer.body();
  }

  /** Calls of the new cluster's hosts since then, by service and operation; no long polls. */
  Map<String, Integer> calls(Instant since) throws IOException, InterruptedException {
    try (var http = HttpClient.newHttpClient()) {
      var request = HttpRequest.newBuilder(simulator.url().resolve("/_simulator/requests")).build();
      var counts = new TreeMap<String, Integer>();
      for (var call :
          JsonMapper.shared().readTree(http.send(request, BodyHandlers.ofString()).body())) {
        var operation = call.path("operation").asString();
        if (!operation.equals("PollHostCommand")
            && call.path("caller").asString().contains("bench-" + NEW + "-")
            && Instant.parse(call.path("time").asString()).isAfter(since)) {
          counts.merge(
              call.path("service").asString() + " " + operation + " " + call.path("status").asInt(),
              1,
              Integer::sum);
        }
      }
      return counts;
    }
  }

  @Override
  public void close() {
    administrator.close();
    simulator.close();
  }
}
