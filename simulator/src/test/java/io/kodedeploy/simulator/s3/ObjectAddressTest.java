package io.kodedeploy.simulator.s3;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObjectAddressTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:4566, /bundles/a/b%20c+d, bundles, a/b c+d",
    "localhost:4566, /bundles/k, bundles, k",
    "bundles.localhost:4566, /a/b, bundles, a/b",
    "my.bundles.s3.us-west-2.amazonaws.com, /k, my.bundles, k",
    "127.0.0.1:4566, /bundles, bundles, ''",
    "127.0.0.1:4566, /, '', ''"
  })
  void readsBucketAndKeyFromPathOrHost(String host, String path, String bucket, String key) {
    assertThat(ObjectAddress.of(path, host)).isEqualTo(new ObjectAddress(bucket, key));
  }
}
