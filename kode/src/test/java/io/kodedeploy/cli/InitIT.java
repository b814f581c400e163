package io.kodedeploy.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.codedeploy.model.Tag;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.Credentials;
import software.amazon.awssdk.services.sts.model.StsException;

/** {@code kode init} with session identities, and its way back, against the simulator. */
class InitIT {
  private static final String ISSUER = "https://oidc.example.com/id/BLUE";
  private static final String ROLES = "arn:aws:iam::123456789012:role/kodedeploy/";
  private static final Map<String, String> WAITING =
      Map.of("kodedeploycluster", "blue", "kodedeployns", "shop");

  @TempDir Path folder;

  private World world;

  @BeforeEach
  void start() {
    world = new World(folder);
  }

  @AfterEach
  void end() {
    System.clearProperty("aws.endpointUrl");
    world.close();
  }

  private World.Ran init(String namespace, String... more) {
    var arguments =
        new ArrayList<>(
            List.of("init", "--cluster", "blue", "--environment", "test", "--namespace"));
    arguments.addAll(List.of(namespace, "--out", "id-" + namespace));
    arguments.addAll(List.of(more));
    return world.kode(arguments.toArray(String[]::new));
  }

  private Path file(String namespace) {
    return folder.resolve("id-" + namespace + "/codedeploy.onpremises.yml");
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

  private List<String> registered() {
    return world
        .aws
        .codeDeploy()
        .listOnPremisesInstances(request -> request.registrationStatus("Registered"))
        .instanceNames();
  }

  private List<String> roles() {
    return world.aws.iam().listRoles(r -> r.pathPrefix("/kodedeploy/")).roles().stream()
        .map(role -> role.roleName())
        .toList();
  }

  private StsClient sts(AwsCredentialsProvider credentials) {
    return StsClient.builder()
        .endpointOverride(world.simulator.url())
        .region(Region.US_WEST_2)
        .credentialsProvider(credentials)
        .httpClientBuilder(UrlConnectionHttpClient.builder())
        .build();
  }

  private StsClient admin() {
    return sts(
        StaticCredentialsProvider.create(
            software.amazon.awssdk.auth.credentials.AwsBasicCredentials.create("test", "test")));
  }

  private static AwsCredentialsProvider of(Credentials session) {
    return StaticCredentialsProvider.create(
        AwsSessionCredentials.create(
            session.accessKeyId(), session.secretAccessKey(), session.sessionToken()));
  }

  private static String token(String namespace, String account) {
    var claims =
        "{\"iss\":\"%s\",\"aud\":[\"sts.amazonaws.com\"],\"sub\":\"system:serviceaccount:%s:%s\"}"
            .formatted(ISSUER, namespace, account);
    var encoder = Base64.getUrlEncoder().withoutPadding();
    return encoder.encodeToString("{}".getBytes(UTF_8))
        + "."
        + encoder.encodeToString(claims.getBytes(UTF_8))
        + ".x";
  }

  @Test
  void aSessionIdentityIsTheDefaultAndNeedsNoUserAndNoKey() throws IOException {
    var first = init("shop", "--bucket", World.BUCKET);
    var second = init("shop", "--bucket", World.BUCKET);

    assertThat(first.code()).as(first.err()).isZero();
    var instance =
        world
            .aws
            .codeDeploy()
            .getOnPremisesInstance(request -> request.instanceName("test-blue-shop"))
            .instanceInfo();
    assertThat(instance.iamSessionArn())
        .isEqualTo("arn:aws:sts::123456789012:assumed-role/test-blue-shop/test-blue-shop");
    assertThat(instance.iamUserArn()).isNull();
    assertThat(world.aws.iam().listUsers().users()).isEmpty();
    assertThat(tags("test-blue-shop")).as("no group selects it yet").isEqualTo(WAITING);
    assertThat(file("shop"))
        .hasContent(
            """
            ---
            region: us-west-2
            iam_session_arn: arn:aws:sts::123456789012:assumed-role/test-blue-shop/test-blue-shop
            role_arn: arn:aws:iam::123456789012:role/kodedeploy/test-blue-shop
            """);
    assertThat(
            URLDecoder.decode(
                world
                    .aws
                    .iam()
                    .getRolePolicy(r -> r.roleName("test-blue-shop").policyName("codedeploy-agent"))
                    .policyDocument(),
                UTF_8))
        .contains("arn:aws:s3:::bundles/codedeploy/test/shop/*")
        .doesNotContain("AddTags");
    assertThat(first.out())
        .contains(
            "kubectl --namespace shop create secret generic etc-codedeploy-agent-conf",
            "kubectl --namespace kodedeploy create secret generic kodedeploy-membership",
            "--set membership.enabled=true");
    assertThat(first.err()).contains("sts:AssumeRole", "--oidc-provider");
    assertThat(second.code()).as(second.err()).isZero();
    assertThat(second.out()).startsWith("unchanged: test-blue-shop");
  }

  @Test
  void onlyTheNamespacesOwnAccountBecomesTheHostAndThatHostOnly() {
    init("shop", "--oidc-provider", ISSUER);
    init("cart", "--oidc-provider", ISSUER);

    assertThat(take("test-blue-shop", "test-blue-shop", "shop", "kodedeploy-agent"))
        .isEqualTo("arn:aws:sts::123456789012:assumed-role/test-blue-shop/test-blue-shop");
    assertThat(take("test-blue-shop", "test-blue-cart", "shop", "kodedeploy-agent"))
        .as("another's session name")
        .isEqualTo("AccessDenied");
    assertThat(take("test-blue-cart", "test-blue-cart", "shop", "kodedeploy-agent"))
        .as("another's role")
        .isEqualTo("AccessDenied");
    assertThat(take("test-blue-shop", "test-blue-shop", "shop", "kodedeploy-apply"))
        .as("the account that bundles have")
        .isEqualTo("AccessDenied");
    assertThat(take("test-blue.membership", "test-blue.membership", "shop", "kodedeploy-agent"))
        .as("the right to tag")
        .isEqualTo("AccessDenied");
    assertThat(
            take(
                "test-blue.membership",
                "test-blue.membership",
                "kodedeploy",
                "kodedeploy-membership"))
        .endsWith("assumed-role/test-blue.membership/test-blue.membership");
  }

  private String take(String role, String session, String namespace, String account) {
    try (var sts = sts(AnonymousCredentialsProvider.create())) {
      return sts.assumeRoleWithWebIdentity(
              r ->
                  r.roleArn(ROLES + role)
                      .roleSessionName(session)
                      .webIdentityToken(token(namespace, account)))
          .assumedRoleUser()
          .arn();
    } catch (StsException e) {
      return e.awsErrorDetails().errorCode();
    }
  }

  @Test
  void aHostCannotTakeOnAnotherHostsRoleWhereTheAccountDecides() {
    init("shop");
    init("cart");

    try (var admin = admin();
        var shop = sts(of(assume(admin, "test-blue-shop", "test-blue-shop")))) {
      assertThat(shop.getCallerIdentity().arn()).endsWith("test-blue-shop/test-blue-shop");
      assertThatThrownBy(() -> assume(shop, "test-blue-cart", "test-blue-cart"))
          .hasMessageContaining("not authorized");
      assertThatThrownBy(() -> assume(admin, "test-blue-shop", "test-blue-cart"))
          .hasMessageContaining("not authorized");
    }
  }

  private static Credentials assume(StsClient sts, String role, String session) {
    return sts.assumeRole(r -> r.roleArn(ROLES + role).roleSessionName(session)).credentials();
  }

  @Test
  void byPodIdentityTheTagsOfThePodDecide() {
    world
        .aws
        .iam()
        .createRole(
            r ->
                r.roleName("pods")
                    .assumeRolePolicyDocument(
                        "{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"sts:*\"}}"));
    var ran =
        init(
            "shop",
            "--pod-role",
            "arn:aws:iam::123456789012:role/pods",
            "--eks-cluster",
            "prod-eks");
    init("cart", "--pod-role", "arn:aws:iam::123456789012:role/pods", "--eks-cluster", "prod-eks");

    assertThat(ran.code()).as(ran.err()).isZero();
    try (var admin = admin();
        var shop = sts(of(pod(admin, "shop", "prod-eks")));
        var elsewhere = sts(of(pod(admin, "shop", "test-eks")))) {
      assertThat(assume(shop, "test-blue-shop", "test-blue-shop").accessKeyId()).isNotEmpty();
      assertThatThrownBy(() -> assume(shop, "test-blue-cart", "test-blue-cart"))
          .hasMessageContaining("not authorized");
      assertThatThrownBy(() -> assume(elsewhere, "test-blue-shop", "test-blue-shop"))
          .hasMessageContaining("not authorized");
    }
  }

  private static Credentials pod(StsClient admin, String namespace, String cluster) {
    var tags =
        Map.of(
            "eks-cluster-name", cluster,
            "kubernetes-namespace", namespace,
            "kubernetes-service-account", "kodedeploy-agent");
    return admin
        .assumeRole(
            r ->
                r.roleArn("arn:aws:iam::123456789012:role/pods")
                    .roleSessionName("eks-pod")
                    .tags(
                        tags.entrySet().stream()
                            .map(
                                tag ->
                                    software.amazon.awssdk.services.sts.model.Tag.builder()
                                        .key(tag.getKey())
                                        .value(tag.getValue())
                                        .build())
                            .toList())
                    .transitiveTagKeys(tags.keySet()))
        .credentials();
  }

  @Test
  void aHostWithASessionCarriesOutADeployment() throws IOException {
    var token = folder.resolve("token");
    Files.writeString(token, token("shop", "kodedeploy-agent"));
    init("shop", "--oidc-provider", ISSUER, "--token-file", token.toString(), "--tags", "now");
    System.setProperty("aws.endpointUrl", world.simulator.url().toString());
    world.namespaceHost(file("shop"));
    Files.createDirectories(folder.resolve("app"));

    var ran = deploy("--command", "true");

    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.out()).contains("succeeded on all 1 targets");
  }

  private World.Ran deploy(String... more) {
    var arguments =
        new ArrayList<>(
            List.of("deploy", "--environment", "test", "--namespace", "shop", "--bucket"));
    arguments.addAll(
        List.of(World.BUCKET, "--application", "web", "--source", "app", "--timeout", "60s"));
    arguments.addAll(List.of(more));
    return world.kode(arguments.toArray(String[]::new));
  }

  @Test
  void anInstanceKeepsTheIdentityItWasRegisteredWith() {
    init("shop", "--identity", "user");

    var again = init("shop");
    var other = init("shop", "--identity", "session");

    assertThat(again.out()).startsWith("unchanged: test-blue-shop");
    assertThat(roles()).isEmpty();
    assertThat(other.code()).isEqualTo(1);
    assertThat(other.err()).contains("instance-mismatch", "expected a session", "--rollback");
  }

  @Test
  void aPausedHostStaysPausedWhenInitRunsAgain() {
    init("shop", "--tags", "now");
    world.kode("cluster", "pause", "--environment", "test", "--cluster", "blue");

    var again = init("shop", "--tags", "now");

    assertThat(again.code()).as(again.err()).isZero();
    assertThat(tags("test-blue-shop"))
        .containsEntry("kodedeploypaused", "test")
        .doesNotContainKey("kodedeployenv");
  }

  @Test
  void initMakesTheGroupsOfTheApplicationsThatItIsGiven() {
    var ran = init("shop", "--applications", "web,api");

    assertThat(ran.code()).as(ran.err()).isZero();
    for (var application : List.of("web", "api")) {
      assertThat(groups(application)).containsExactlyInAnyOrder("test-shop", "test-shop-blue");
    }
  }

  private List<String> groups(String application) {
    return world
        .aws
        .codeDeploy()
        .listDeploymentGroups(r -> r.applicationName(application))
        .deploymentGroups();
  }

  @Test
  void rollbackRemovesWhatInitMadeAndNothingElse() {
    init("shop", "--applications", "web");
    init("cart");

    var rolled = init("shop", "--rollback", "--applications", "web");
    var again = init("shop", "--rollback", "--applications", "web");

    assertThat(rolled.code()).as(rolled.err()).isZero();
    assertThat(rolled.out()).startsWith("rolled back: removed ");
    assertThat(again.code()).as(again.err()).isZero();
    assertThat(again.out()).startsWith("unchanged: nothing of test-blue-shop");
    assertThat(registered()).containsExactly("test-blue-cart");
    assertThat(roles()).containsExactlyInAnyOrder("test-blue-cart", "test-blue.membership");
    assertThat(groups("web")).isEmpty();
    assertThat(file("shop")).doesNotExist();

    var last = init("cart", "--rollback");

    assertThat(last.code()).as(last.err()).isZero();
    assertThat(roles()).as("nobody needs the membership role any more").isEmpty();
  }

  @Test
  void rollbackLeavesAGroupThatWasDeployedThrough() throws IOException {
    init("shop", "--applications", "web");
    Files.createDirectories(folder.resolve("app"));
    deploy("--command", "true"); // no host takes part: it fails, and is the group's last attempt

    init("shop", "--rollback", "--applications", "web");

    assertThat(groups("web")).containsExactly("test-shop");
  }

  @Test
  void rollbackRemovesWhatARunThatFailedHalfWayLeft() {
    var user =
        world
            .aws
            .iam()
            .createUser(r -> r.userName("test-blue-shop").path("/AWS/CodeDeploy/"))
            .user();
    world.aws.iam().createAccessKey(r -> r.userName(user.userName()));
    init("shop", "--identity", "session"); // another try, in the other form

    var rolled = init("shop", "--rollback");

    assertThat(rolled.code()).as(rolled.err()).isZero();
    assertThat(rolled.out()).contains("user test-blue-shop", "role test-blue-shop");
    assertThatThrownBy(() -> world.aws.iam().getUser(r -> r.userName("test-blue-shop")))
        .isInstanceOf(NoSuchEntityException.class);
    assertThat(registered()).isEmpty();
  }

  @Test
  void rollbackRefusesWhatOthersMadeOrUseAndChangesNothing() {
    init("shop", "--tags", "now");
    world
        .aws
        .iam()
        .attachRolePolicy(
            r -> r.roleName("test-blue-shop").policyArn("arn:aws:iam::aws:policy/ReadOnlyAccess"));

    var policy = init("shop", "--rollback");
    world
        .aws
        .codeDeploy()
        .addTagsToOnPremisesInstances(
            r ->
                r.instanceNames("test-blue-shop")
                    .tags(Tag.builder().key("kodedeployns").value("other").build()));
    var tags = init("shop", "--rollback");

    assertThat(policy.code()).isEqualTo(1);
    assertThat(policy.err()).contains("instance-mismatch", "ReadOnlyAccess");
    assertThat(tags.code()).isEqualTo(1);
    assertThat(tags.err()).contains("instance-mismatch", "kodedeployns=other");
    assertThat(registered()).containsExactly("test-blue-shop");
    assertThat(file("shop")).exists();
  }

  @Test
  void aUserThatAwsDeployRegisterMadeIsNotRolledBack() {
    world.aws.iam().createUser(r -> r.userName("test-blue-shop").path("/AWS/CodeDeploy/"));
    world
        .aws
        .iam()
        .putUserPolicy(
            r ->
                r.userName("test-blue-shop")
                    .policyName("codedeploy-agent")
                    .policyDocument(
                        "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:Get*\","
                            + "\"Resource\":\"*\"}]}"));

    var ran = init("shop", "--rollback");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("instance-mismatch", "codedeploy-agent");
    assertThat(world.aws.iam().getUser(r -> r.userName("test-blue-shop")).user()).isNotNull();
  }
}
