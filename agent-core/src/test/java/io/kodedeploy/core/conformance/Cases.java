package io.kodedeploy.core.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The conformance cases of host-agent.md section 16, grouped in files that carry their ids. */
public final class Cases {
  private Cases() {}

  /** Runs a case. */
  public interface Runner {
    void run(Case given) throws Exception;
  }

  /** One test a case; every key a runner has not looked at fails it. */
  public static Stream<DynamicTest> of(String file, Runner runner) {
    return read(file).stream()
        .map(
            given ->
                DynamicTest.dynamicTest(
                    given.toString(),
                    () -> {
                      runner.run(given);
                      assertThat(given.unread()).as("keys of the case that nothing read").isEmpty();
                    }));
  }

  static List<Case> read(String file) {
    return read(Path.of("src/test/resources/conformance", file));
  }

  static List<Case> read(Path file) {
    try (var input = Files.newInputStream(file)) {
      var cases = new ArrayList<Case>();
      for (var entry :
          (List<?>) new Load(LoadSettings.builder().build()).loadFromInputStream(input)) {
        cases.addAll(Case.expand((Map<?, ?>) entry));
      }
      assertThat(cases).as(file.toString()).isNotEmpty();
      return cases;
    } catch (IOException e) {
      throw new AssertionError(file.toString(), e);
    }
  }
}
