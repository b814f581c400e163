package io.kodedeploy.namespace.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table is what {@code kubectl} 1.34 makes of the same text. */
class PlainScalarTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          y       | true
          Off     | false
          TRUE    | true
          ~       | null
          017     | 15
          0o17    | 15
          0x1F    | 31
          -0b11   | -3
          1_000   | 1000
          089     | 89
          1.5e3   | 1.5E+3
          .5      | 0.5
          1.2.3   | "1.2.3"
          10:30   | "10:30"
          1e      | "1e"
          2001-01-01 | "2001-01-01"
          9223372036854775808 | 9223372036854775808
          """)
  void meansWhatItMeansToKubectl(String text, String json) {
    assertThat(PlainScalar.resolve(text).orElseThrow().toString()).isEqualTo(json);
  }

  @Test
  void hasNoValueForInfinity() {
    assertThat(PlainScalar.resolve("-.Inf")).isEmpty();
  }
}
