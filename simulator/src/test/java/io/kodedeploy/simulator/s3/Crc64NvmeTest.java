package io.kodedeploy.simulator.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class Crc64NvmeTest {
  @Test
  void hasTheCheckValueOfItsCatalogueEntry() {
    var checksum = new Crc64Nvme();

    checksum.update("123456789".getBytes(UTF_8));

    assertThat(Long.toHexString(checksum.getValue())).isEqualTo("ae8b14860a799888");
  }
}
