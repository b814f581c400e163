package io.kodedeploy.core.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
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
    try (var input = Cases.class.getResourceAsStream("/conformance/" + file)) {
      var cases = new ArrayList<Case>();
      for (var entry :
          (List<?>) new Load(LoadSettings.builder().build()).loadFromInputStream(input)) {
        cases.addAll(Case.expand((Map<?, ?>) entry));
      }
      assertThat(cases).as(file).isNotEmpty();
      return cases;
    } catch (IOException e) {
      throw new AssertionError(file, e);
    }
  }

  static Set<String> ids(List<Case> cases) {
    return cases.stream()
        .flatMap(given -> given.ids().stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
