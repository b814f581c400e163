package io.kodedeploy.simulator.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LoopbackAddressTest {

  @Test
  void anAddressBelongsToOneUntilItIsClosed() {
    var first = LoopbackAddress.reserve("127.0.203.1");
    try {
      assertThat(LoopbackAddress.reserve("127.0.203.1")).isEmpty();
    } finally {
      first.ifPresent(LoopbackAddress::close);
    }
    var again = LoopbackAddress.reserve("127.0.203.1");
    assertThat(again).isPresent();
    again.get().close();
  }

  @Test
  void aMachineWithoutTheAddressIsToldWhatIsMissing() {
    // Reserved for documentation (RFC 5737): no machine has it, as macOS has not 127.0.1.1.
    assertThatThrownBy(() -> LoopbackAddress.reserve("192.0.2.1"))
        .isInstanceOf(LoopbackAddress.Unavailable.class)
        .hasMessageContaining("192.0.2.1")
        .hasMessageContaining("macOS");
  }
}
