package io.kodedeploy.core.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Every case of section 16 is proved or says why not, and CONFORMANCE.md says the same. */
class ConformanceTableTest {
  private static final Path PAGE = Path.of("CONFORMANCE.md");

  @Test
  void everyCaseHasItsProofOrItsReason() throws Exception {
    assertThat(ConformanceTable.of(Path.of("..")).problems()).isEmpty();
  }

  @Test
  void thePageIsUpToDate() throws Exception {
    var page = ConformanceTable.of(Path.of("..")).markdown();
    if (Boolean.getBoolean("conformance.write")) {
      Files.writeString(PAGE, page);
    }

    assertThat(PAGE).as("write it again: its head has the command").hasContent(page);
  }
}
