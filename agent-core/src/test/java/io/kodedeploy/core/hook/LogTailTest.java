package io.kodedeploy.core.hook;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LogTailTest {
  private final LogTail tail = new LogTail();

  @Test
  void keepsEntriesOf1024And1023Characters() { // HA-330
    tail.append("a".repeat(1024));
    tail.append("b".repeat(1023));

    assertThat(tail.text()).isEqualTo("a".repeat(1024) + "b".repeat(1023));
  }

  @Test
  void dropsTheOlderOfTwoEntriesOf1024Characters() { // HA-331
    tail.append("a".repeat(1024));
    tail.append("b".repeat(1024));

    assertThat(tail.text()).isEqualTo("b".repeat(1024));
  }

  @Test
  void dropsEverythingForAnEntryThatIsTooLong() {
    tail.append("a");
    tail.append("b".repeat(2048));

    assertThat(tail.text()).isEmpty();
  }

  @Test
  void countsCharactersAndNotBytes() {
    tail.append("ä😀".repeat(1023));

    assertThat(tail.text()).hasSize(3 * 1023);
  }
}
