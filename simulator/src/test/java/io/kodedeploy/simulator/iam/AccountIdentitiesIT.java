package io.kodedeploy.simulator.iam;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.simulator.Simulator;
import io.kodedeploy.simulator.SimulatorSettings;
import io.kodedeploy.simulator.time.ManualClock;
import io.kodedeploy.simulator.wire.Faults.Fault;
import io.kodedeploy.simulator.wire.Faults.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.AccessKey;
import software.amazon.awssdk.services.iam.model.DeleteConflictException;
import software.amazon.awssdk.services.iam.model.EntityAlreadyExistsException;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.Credentials;
import software.amazon.awssdk.services.sts.model.StsException;
import software.amazon.awssdk.services.sts.model.Tag;

class AccountIdentitiesIT {
  private static final String POLICY =
      "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:Get*\","
          + "\"Resource\":\"*\"}]}";
  private static final String ROLE = "arn:aws:iam::123456789012:role/shop";

  private final Simulator simulator =
      Simulator.start(SimulatorSettings.onAnyPort().withManualClock(Instant.now()));
  private final IamClient iam =
      IamClient.builder()
          .endpointOverride(simulator.url())
          .region(Region.US_WEST_2)
          .credentialsProvider(keys(AwsBasicCredentials.create("test", "test")))
          .httpClient(UrlConnectionHttpClient.create())
          .build();

  @AfterEach
  void close() {
    iam.close();
    simulator.close();
  }

  @Test
  void acceptsANewKeyOfAUserUntilItIsDeleted() {
    iam.createUser(b -> b.userName("demo-blue-shop").path("/AWS/CodeDeploy/"));
    var key = iam.createAccessKey(b -> b.userName("demo-blue-shop")).accessKey();

    try (var sts = sts(keys(of(key)))) {
      assertThat(sts.getCallerIdentity().arn())
          .isEqualTo("arn:aws:iam::123456789012:user/AWS/CodeDeploy/demo-blue-shop");
      iam.deleteAccessKey(b -> b.userName("demo-blue-shop").accessKeyId(key.accessKeyId()));
      assertThatThrownBy(sts::getCallerIdentity)
          .isInstanceOfSatisfying(
              StsException.class,
              e -> assertThat(e.awsErrorDetails().errorCode()).isEqualTo("InvalidClientTokenId"));
    }
  }

  @Test
  void deletesAUserOnlyWhenNothingIsLeftOfIt() {
    iam.createUser(b -> b.userName("kode"));
    assertThatThrownBy(() -> iam.createUser(b -> b.userName("kode")))
        .isInstanceOf(EntityAlreadyExistsException.class);
    iam.putUserPolicy(b -> b.userName("kode").policyName("p").policyDocument(POLICY));

    assertThatThrownBy(() -> iam.deleteUser(b -> b.userName("kode")))
        .isInstanceOf(DeleteConflictException.class);
    iam.deleteUserPolicy(b -> b.userName("kode").policyName("p"));
    iam.deleteUser(b -> b.userName("kode"));

    assertThatThrownBy(() -> iam.getUser(b -> b.userName("kode")))
        .isInstanceOf(NoSuchEntityException.class);
  }

  @Test
  void attachesManagedPolicies() {
    iam.createUser(b -> b.userName("kode"));
    var arn = iam.createPolicy(b -> b.policyName("read").policyDocument(POLICY)).policy().arn();

    iam.attachUserPolicy(b -> b.userName("kode").policyArn(arn));

    assertThat(iam.listAttachedUserPolicies(b -> b.userName("kode")).attachedPolicies())
        .singleElement()
        .satisfies(policy -> assertThat(policy.policyArn()).isEqualTo(arn));
    assertThatThrownBy(() -> iam.deletePolicy(b -> b.policyArn(arn)))
        .isInstanceOf(DeleteConflictException.class);
  }

  @Test
  void assumesARoleOnlyUnderTheSessionNameThatItsTrustPolicyPins() {
    createRole("\"AWS\":\"*\"", "sts:RoleSessionName", "demo-blue-shop");

    try (var sts = sts(keys(AwsBasicCredentials.create("test", "test")))) {
      var session =
          sts.assumeRole(b -> b.roleArn(ROLE).roleSessionName("demo-blue-shop")).credentials();
      assertThatThrownBy(
              () -> sts.assumeRole(b -> b.roleArn(ROLE).roleSessionName("demo-blue-other")))
          .isInstanceOfSatisfying(
              StsException.class, e -> assertThat(e.statusCode()).isEqualTo(403));

      try (var assumed = sts(keys(of(session)))) {
        assertThat(assumed.getCallerIdentity().arn())
            .isEqualTo("arn:aws:sts::123456789012:assumed-role/shop/demo-blue-shop");
      }
    }
  }

  @Test
  void refusesASessionThatHasExpired() {
    createRole("\"AWS\":\"*\"", "sts:RoleSessionName", "demo-blue-shop");
    Credentials session;
    try (var sts = sts(keys(AwsBasicCredentials.create("test", "test")))) {
      session =
          sts.assumeRole(
                  b -> b.roleArn(ROLE).roleSessionName("demo-blue-shop").durationSeconds(900))
              .credentials();
    }

    ((ManualClock) simulator.clock()).advance(Duration.ofSeconds(901));

    try (var expired = sts(keys(of(session)))) {
      assertThatThrownBy(expired::getCallerIdentity)
          .isInstanceOfSatisfying(
              StsException.class,
              e -> assertThat(e.awsErrorDetails().errorCode()).startsWith("ExpiredToken"));
    }
  }

  @Test
  void assumesARoleByWebIdentityWithoutAnyKey() {
    var role =
        "\"Federated\":\"arn:aws:iam::123456789012:oidc-provider/oidc.example.invalid/id/X\"";
    createRole(role, "oidc.example.invalid/id/X:sub", "system:serviceaccount:shop:kodedeploy");

    try (var sts = sts(AnonymousCredentialsProvider.create())) {
      var session =
          sts.assumeRoleWithWebIdentity(
              b ->
                  b.roleArn(ROLE)
                      .roleSessionName("demo-blue-shop")
                      .webIdentityToken(token("system:serviceaccount:shop:kodedeploy")));
      assertThat(session.assumedRoleUser().arn()).endsWith("assumed-role/shop/demo-blue-shop");
      assertThatThrownBy(
              () ->
                  sts.assumeRoleWithWebIdentity(
                      b ->
                          b.roleArn(ROLE)
                              .roleSessionName("demo-blue-shop")
                              .webIdentityToken(token("system:serviceaccount:other:default"))))
          .isInstanceOfSatisfying(
              StsException.class,
              e -> assertThat(e.awsErrorDetails().errorCode()).isEqualTo("AccessDenied"));
    }
  }

  @Test
  void aFaultOfAHostStrikesTheRequestForItsSessionToo() {
    trust(List.of("demo-blue-shop", "demo-blue-cart"));
    simulator.faults().add(Fault.always(Kind.THROTTLE).of("sts").by("demo-blue-shop"));

    try (var sts = sts(AnonymousCredentialsProvider.create())) {
      assertThat(take(sts, "shop", "demo-blue-shop")).isEqualTo("Throttling");
      assertThat(take(sts, "cart", "demo-blue-cart")).isEqualTo("demo-blue-cart");
    }
  }

  @Test
  void twoHostsWithOneRoleCannotTakeEachOthersSessionName() {
    trust(List.of("demo-blue-shop", "demo-blue-cart"));

    try (var sts = sts(AnonymousCredentialsProvider.create())) {
      assertThat(take(sts, "shop", "demo-blue-shop")).isEqualTo("demo-blue-shop");
      assertThat(take(sts, "cart", "demo-blue-cart")).isEqualTo("demo-blue-cart");
      assertThat(take(sts, "shop", "demo-blue-cart")).isEqualTo("AccessDenied");
      assertThat(take(sts, "cart", "demo-blue-shop")).isEqualTo("AccessDenied");
      assertThat(take(sts, "shop", "another")).isEqualTo("AccessDenied");
    }
  }

  /** One role, whose sessions belong to the namespaces of these hosts. */
  private void trust(List<String> hosts) {
    iam.createRole(
        b ->
            b.roleName("shop")
                .assumeRolePolicyDocument(
                    hosts.stream()
                        .map(
                            name ->
                                """
                                {"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity",
                                 "Principal":{"Federated":"arn:aws:iam::123456789012:oidc-provider/oidc.example.invalid/id/X"},
                                 "Condition":{"StringEquals":{"sts:RoleSessionName":"%s",
                                  "oidc.example.invalid/id/X:sub":"system:serviceaccount:%s:kodedeploy-agent"}}}\
                                """
                                    .formatted(name, name.substring(10)))
                        .collect(Collectors.joining(",", "{\"Statement\":[", "]}"))));
  }

  private static String take(StsClient sts, String namespace, String session) {
    try {
      var arn =
          sts.assumeRoleWithWebIdentity(
                  b ->
                      b.roleArn(ROLE)
                          .roleSessionName(session)
                          .webIdentityToken(
                              token("system:serviceaccount:" + namespace + ":kodedeploy-agent")))
              .assumedRoleUser()
              .arn();
      return arn.substring(arn.lastIndexOf('/') + 1);
    } catch (StsException e) {
      return e.awsErrorDetails().errorCode();
    }
  }

  @Test
  void transitiveSessionTagsSayWhoAPodIsAndAskTheNextRoleForLeave() {
    iam.createRole(
        b ->
            b.roleName("pods")
                .assumeRolePolicyDocument(
                    "{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"sts:*\"}}"));
    createRole("\"AWS\":\"*\"", "aws:PrincipalTag/kubernetes-namespace", "shop");
    try (var admin = sts(keys(AwsBasicCredentials.create("test", "test")));
        var shop = sts(keys(of(pod(admin, "shop"))));
        var cart = sts(keys(of(pod(admin, "cart"))))) {
      assertThat(
              shop.assumeRole(b -> b.roleArn(ROLE).roleSessionName("any")).assumedRoleUser().arn())
          .endsWith("shop/any");
      assertThatThrownBy(() -> cart.assumeRole(b -> b.roleArn(ROLE).roleSessionName("any")))
          .hasMessageContaining("not authorized");

      iam.updateAssumeRolePolicy(
          b ->
              b.roleName("shop")
                  .policyDocument(
                      "{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"sts:AssumeRole\"}}"));

      assertThatThrownBy(() -> shop.assumeRole(b -> b.roleArn(ROLE).roleSessionName("any")))
          .as("sts:TagSession is not allowed")
          .hasMessageContaining("not authorized");
    }
  }

  private static Credentials pod(StsClient admin, String namespace) {
    return admin
        .assumeRole(
            b ->
                b.roleArn("arn:aws:iam::123456789012:role/pods")
                    .roleSessionName("eks-pod")
                    .tags(Tag.builder().key("kubernetes-namespace").value(namespace).build())
                    .transitiveTagKeys("kubernetes-namespace"))
        .credentials();
  }

  private void createRole(String principal, String key, String value) {
    var trust =
        "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"sts:*\",\"Principal\":{"
            + principal
            + "},\"Condition\":{\"StringEquals\":{\""
            + key
            + "\":\""
            + value
            + "\"}}}]}";
    iam.createRole(b -> b.roleName("shop").assumeRolePolicyDocument(trust));
  }

  private static String token(String subject) {
    var claims =
        "{\"iss\":\"https://oidc.example.invalid/id/X\",\"aud\":[\"sts.amazonaws.com\"],\"sub\":\""
            + subject
            + "\"}";
    var encoder = Base64.getUrlEncoder().withoutPadding();
    return encoder.encodeToString("{}".getBytes(UTF_8))
        + "."
        + encoder.encodeToString(claims.getBytes(UTF_8))
        + ".x";
  }

  private StsClient sts(AwsCredentialsProvider credentials) {
    return StsClient.builder()
        .endpointOverride(simulator.url())
        .region(Region.US_WEST_2)
        .credentialsProvider(credentials)
        .httpClient(UrlConnectionHttpClient.create())
        .build();
  }

  private static AwsCredentialsProvider keys(AwsCredentials credentials) {
    return StaticCredentialsProvider.create(credentials);
  }

  private static AwsCredentials of(AccessKey key) {
    return AwsBasicCredentials.create(key.accessKeyId(), key.secretAccessKey());
  }

  private static AwsCredentials of(Credentials session) {
    return AwsSessionCredentials.create(
        session.accessKeyId(), session.secretAccessKey(), session.sessionToken());
  }
}
