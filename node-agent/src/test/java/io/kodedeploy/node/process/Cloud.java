package io.kodedeploy.node.process;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.kodedeploy.simulator.Simulator;
import io.kodedeploy.simulator.SimulatorSettings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.codedeploy.CodeDeployClient;
import software.amazon.awssdk.services.codedeploy.model.BundleType;
import software.amazon.awssdk.services.codedeploy.model.DeploymentInfo;
import software.amazon.awssdk.services.codedeploy.model.DeploymentNotStartedException;
import software.amazon.awssdk.services.codedeploy.model.DeploymentOption;
import software.amazon.awssdk.services.codedeploy.model.DeploymentStatus;
import software.amazon.awssdk.services.codedeploy.model.DeploymentTarget;
import software.amazon.awssdk.services.codedeploy.model.DeploymentType;
import software.amazon.awssdk.services.codedeploy.model.LifecycleEvent;
import software.amazon.awssdk.services.codedeploy.model.TargetGroupInfo;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Action;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ActionTypeEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancerTypeEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ProtocolEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroupAttribute;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetTypeEnum;
import software.amazon.awssdk.services.s3.S3Client;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A simulated account with one cluster, as its operator sets it up: by the SDK and kubectl. */
final class Cloud implements AutoCloseable {
  static final String BUCKET = "bundles";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** A worker of the cluster. */
  record Node(String name, String instanceId, String address, URI metadata) {}

  /** A call the simulator recorded. */
  record Call(String service, String operation, String caller, int status) {}

  private final HttpClient http = HttpClient.newHttpClient();
  private final SdkHttpClient sdkHttp = UrlConnectionHttpClient.create();
  private final Simulator simulator;
  final CodeDeployClient codeDeploy;
  final ElasticLoadBalancingV2Client elb;
  private final S3Client s3;
  final List<Node> nodes = new ArrayList<>();
  final String autoScalingGroup;
  private final KubernetesClient kubernetes;

  Cloud(String cluster, int nodeCount) throws IOException, InterruptedException {
    simulator = Simulator.start(SimulatorSettings.onAnyPort());
    var credentials = StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"));
    codeDeploy =
        CodeDeployClient.builder()
            .region(Region.US_WEST_2)
            .credentialsProvider(credentials)
            .endpointOverride(url())
            .httpClient(sdkHttp)
            .build();
    elb =
        ElasticLoadBalancingV2Client.builder()
            .region(Region.US_WEST_2)
            .credentialsProvider(credentials)
            .endpointOverride(url())
            .httpClient(sdkHttp)
            .build();
    s3 =
        S3Client.builder()
            .region(Region.US_WEST_2)
            .credentialsProvider(credentials)
            .endpointOverride(url())
            .forcePathStyle(true)
            .httpClient(sdkHttp)
            .build();
    var made =
        admin(
            "POST",
            "/clusters",
            "{\"name\":\"%s\",\"environment\":\"test\",\"nodes\":%d}"
                .formatted(cluster, nodeCount));
    autoScalingGroup = made.required("autoScalingGroup").stringValue();
    for (var node : made.required("nodes")) {
      nodes.add(
          new Node(
              node.required("name").stringValue(),
              node.required("instanceId").stringValue(),
              node.required("address").stringValue(),
              URI.create(node.required("metadataUrl").stringValue())));
    }
    kubernetes =
        new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(made.required("kubeconfig").stringValue()))
            .build();
    s3.createBucket(b -> b.bucket(BUCKET));
  }

  URI url() {
    return simulator.url();
  }

  /** A Deployment behind a node port of every node. */
  void serve(int nodePort) {
    String manifests =
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, namespace: default}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers: [{name: web, image: "web:1", env: [{name: VERSION, value: "1"}]}]
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web, namespace: default}
        spec:
          type: NodePort
          selector: {app: web}
          ports: [{name: http, port: 80, targetPort: 8080, nodePort: %d}]
        """
            .formatted(nodePort);
    kubernetes
        .load(new ByteArrayInputStream(manifests.getBytes(StandardCharsets.UTF_8)))
        .items()
        .forEach(item -> kubernetes.resource(item).create());
  }

  /** A target group behind a listener of a new load balancer; its ARN. */
  String targetGroup(String name, int port) {
    String arn =
        elb.createTargetGroup(
                r ->
                    r.name(name)
                        .protocol(ProtocolEnum.HTTP)
                        .port(port)
                        .vpcId("vpc-1")
                        .targetType(TargetTypeEnum.INSTANCE)
                        .healthCheckPath("/healthz")
                        .healthCheckIntervalSeconds(5)
                        .healthCheckTimeoutSeconds(2)
                        .healthyThresholdCount(2)
                        .unhealthyThresholdCount(2))
            .targetGroups()
            .getFirst()
            .targetGroupArn();
    elb.modifyTargetGroupAttributes(
        r ->
            r.targetGroupArn(arn)
                .attributes(
                    List.of(
                        TargetGroupAttribute.builder()
                            .key("deregistration_delay.timeout_seconds")
                            .value("2")
                            .build())));
    String balancer =
        elb.createLoadBalancer(
                r ->
                    r.name("lb-" + name)
                        .type(LoadBalancerTypeEnum.APPLICATION)
                        .subnets("subnet-1", "subnet-2"))
            .loadBalancers()
            .getFirst()
            .loadBalancerArn();
    elb.createListener(
        r ->
            r.loadBalancerArn(balancer)
                .protocol(ProtocolEnum.HTTP)
                .port(8080)
                .defaultActions(
                    List.of(
                        Action.builder()
                            .type(ActionTypeEnum.FORWARD)
                            .targetGroupArn(arn)
                            .build())));
    return arn;
  }

  List<String> targetStates(String targetGroupArn) {
    return elb
        .describeTargetHealth(r -> r.targetGroupArn(targetGroupArn))
        .targetHealthDescriptions()
        .stream()
        .map(d -> d.target().id() + " " + d.targetHealth().stateAsString())
        .sorted()
        .toList();
  }

  void deploymentGroup(String application, String targetGroup, DeploymentOption option) {
    codeDeploy.createApplication(r -> r.applicationName(application));
    codeDeploy.createDeploymentGroup(
        r -> {
          r.applicationName(application)
              .deploymentGroupName("blue")
              .serviceRoleArn("arn:aws:iam::123456789012:role/codedeploy")
              .deploymentConfigName("CodeDeployDefault.OneAtATime")
              .autoScalingGroups(autoScalingGroup)
              .deploymentStyle(
                  s -> s.deploymentType(DeploymentType.IN_PLACE).deploymentOption(option));
          if (option == DeploymentOption.WITH_TRAFFIC_CONTROL) {
            r.loadBalancerInfo(
                l ->
                    l.targetGroupInfoList(
                        List.of(TargetGroupInfo.builder().name(targetGroup).build())));
          }
        });
  }

  /** Uploads a bundle of these files and starts its deployment. */
  String deploy(String application, String key, Map<String, String> files) {
    s3.putObject(b -> b.bucket(BUCKET).key(key), RequestBody.fromBytes(zip(files)));
    return codeDeploy
        .createDeployment(
            r ->
                r.applicationName(application)
                    .deploymentGroupName("blue")
                    .revision(
                        v ->
                            v.revisionType("S3")
                                .s3Location(
                                    l -> l.bucket(BUCKET).key(key).bundleType(BundleType.ZIP))))
        .deploymentId();
  }

  private static byte[] zip(Map<String, String> files) {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      for (var file : files.entrySet()) {
        zip.putNextEntry(new ZipEntry(file.getKey()));
        zip.write(file.getValue().getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  DeploymentInfo deployment(String id) {
    return codeDeploy.getDeployment(r -> r.deploymentId(id)).deploymentInfo();
  }

  /** Waits for the deployment's end. */
  DeploymentStatus ended(String id, Duration limit) throws InterruptedException {
    Await.until(
        limit,
        () -> {
          var info = deployment(id);
          if (info.completeTime() == null) {
            throw new AssertionError(
                "deployment " + id + " is " + info.statusAsString() + ": " + events(id));
          }
        });
    return deployment(id).status();
  }

  /** Targets; none before the deployment has started. */
  List<DeploymentTarget> targets(String id) {
    try {
      var ids = codeDeploy.listDeploymentTargets(r -> r.deploymentId(id)).targetIds();
      return ids.isEmpty()
          ? List.of()
          : codeDeploy
              .batchGetDeploymentTargets(r -> r.deploymentId(id).targetIds(ids))
              .deploymentTargets();
    } catch (DeploymentNotStartedException e) {
      return List.of();
    }
  }

  /** Lifecycle events of all targets. */
  List<LifecycleEvent> events(String id) {
    return targets(id).stream()
        .flatMap(t -> t.instanceTarget().lifecycleEvents().stream())
        .toList();
  }

  /** Recorded calls whose caller is the node's role. */
  List<Call> callsOfNodes(String service) throws IOException, InterruptedException {
    return calls(service).stream().filter(c -> c.caller().contains(":assumed-role/")).toList();
  }

  List<Call> calls(String service) throws IOException, InterruptedException {
    var calls = new ArrayList<Call>();
    for (var call : admin("GET", "/requests?service=" + service, "")) {
      calls.add(
          new Call(
              call.required("service").stringValue(),
              call.required("operation").stringValue(),
              call.required("caller").stringValue(),
              call.required("status").intValue()));
    }
    return calls;
  }

  private JsonNode admin(String method, String path, String body)
      throws IOException, InterruptedException {
    var response =
        http.send(
            HttpRequest.newBuilder(URI.create(url() + "/_simulator" + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() >= 300) {
      throw new IOException(method + " " + path + ": " + response.body());
    }
    return JSON.readTree(response.body());
  }

  @Override
  public void close() {
    kubernetes.close();
    codeDeploy.close();
    elb.close();
    s3.close();
    sdkHttp.close();
    simulator.close();
  }
}
