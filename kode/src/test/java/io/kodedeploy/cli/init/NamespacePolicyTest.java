package io.kodedeploy.cli.init;

import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.cli.naming.Scope;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class NamespacePolicyTest {
  private static final Scope SCOPE = new Scope("prod", "shop", Optional.of("green"));

  @Test
  void namesThisNamespaceAndNothingElse() {
    var document =
        NamespacePolicy.document(SCOPE, Optional.of("bundles"), "us-west-2", "123456789012");

    assertThat(document)
        .contains("arn:aws:s3:::bundles/codedeploy/prod/shop/*")
        .contains("arn:aws:s3:::bundles/kodedeploy-status/prod/shop/green.json")
        .doesNotContainPattern("\\b(BUCKET|ENV|NAMESPACE|CLUSTER|REGION|ACCOUNT)\\b");
    assertThat(JsonMapper.builder().build().readTree(document).path("Version").asString())
        .isEqualTo("2012-10-17");
  }

  @Test
  void withoutABucketThePrefixesStillBind() {
    var document = NamespacePolicy.document(SCOPE, Optional.empty(), "us-west-2", "1");

    assertThat(document).contains("arn:aws:s3:::*/codedeploy/prod/shop/*");
  }

  @Test
  void aLongInstanceNameIsShortenedForIam() {
    var scope = new Scope("e".repeat(30), "n".repeat(30), Optional.of("c".repeat(30)));

    assertThat(SCOPE.identityName()).isEqualTo("prod-green-shop");
    assertThat(scope.identityName())
        .hasSize(64)
        .startsWith(scope.instanceName().substring(0, 55) + "-");
    assertThat(scope.identityName())
        .isNotEqualTo(
            new Scope("e".repeat(30), "n".repeat(31), Optional.of("c".repeat(30))).identityName());
  }

  @Test
  void documentsAreComparedByWhatTheySay() {
    assertThat(PolicyText.same("%7B%22a%22%3A+1%7D", "{ \"a\" : 1 }")).isTrue();
    assertThat(PolicyText.same("{\"a\":2}", "{\"a\":1}")).isFalse();
  }
}
