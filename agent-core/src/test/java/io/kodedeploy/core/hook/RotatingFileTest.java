package io.kodedeploy.core.hook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RotatingFileTest {
  @TempDir Path folder;

  @Test
  void keepsEightFilesOfWholeEntries() throws IOException {
    var path = folder.resolve("logs/scripts.log");
    try (var file = new RotatingFile(path, 10)) {
      for (var n = 0; n < 20; n++) {
        file.append("at ".getBytes(UTF_8), "%03d%n".formatted(n).getBytes(UTF_8));
      }
    }

    try (var names = Files.list(path.getParent())) {
      assertThat(names.map(name -> name.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "scripts.log",
              "scripts.log.1",
              "scripts.log.2",
              "scripts.log.3",
              "scripts.log.4",
              "scripts.log.5",
              "scripts.log.6",
              "scripts.log.7");
    }
    assertThat(path).hasContent("at 019\n");
    assertThat(path.resolveSibling("scripts.log.7")).hasContent("at 012\n");
  }

  @Test
  void appendsToWhatIsThere() throws IOException {
    var path = folder.resolve("scripts.log");
    for (var n = 0; n < 2; n++) {
      try (var file = new RotatingFile(path)) {
        file.append(new byte[0], "x".getBytes(UTF_8));
      }
    }

    assertThat(path).hasContent("xx");
  }
}
