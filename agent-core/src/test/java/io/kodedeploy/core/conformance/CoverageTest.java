package io.kodedeploy.core.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Every case of a host's sections is proved by a test that names its id, or is listed as not
 * proved.
 */
class CoverageTest {
  private static final int LAST = 168;
  private static final Pattern ID = Pattern.compile("HA-\\d{3}");

  @Test
  void everyCaseIsProvedOrListed() throws Exception {
    var all =
        IntStream.rangeClosed(1, LAST)
            .mapToObj("HA-%03d"::formatted)
            .collect(Collectors.toCollection(TreeSet::new));
    var listed = Cases.ids(Cases.read("not-covered.yml"));
    var proved = new TreeSet<String>();
    try (var files = Files.walk(Path.of("src/test"))) {
      files.filter(CoverageTest::test).forEach(file -> proved.addAll(ids(file)));
    }

    var missing = new TreeSet<>(all);
    missing.removeAll(proved);
    missing.removeAll(listed);
    var stale = new TreeSet<>(listed);
    stale.retainAll(proved);

    assertThat(missing).as("neither proved nor listed").isEmpty();
    assertThat(stale).as("listed, but proved").isEmpty();
  }

  private static boolean test(Path file) {
    String name = file.toString();
    return (name.endsWith(".java") || name.endsWith(".yml")) && !name.endsWith("not-covered.yml");
  }

  private static Set<String> ids(Path file) {
    try {
      return ID.matcher(Files.readString(file))
          .results()
          .map(r -> r.group())
          .collect(Collectors.toSet());
    } catch (IOException e) {
      throw new AssertionError(file.toString(), e);
    }
  }
}
