package io.kodedeploy.core.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Every case of specification, bundle, AppSpec, install and hooks is proved, or said not to be. */
class ConformanceCoverageTest {
  private static final int FIRST = 125;
  private static final int LAST = 341;

  @Test
  void everyCaseHasItsProofOrItsReason() {
    var ids = new TreeSet<String>();
    for (var file :
        List.of(
            "specification.yml",
            "revision-choice.yml",
            "download.yml",
            "appspec.yml",
            "install.yml",
            "hooks.yml",
            "elsewhere.yml")) {
      ids.addAll(Cases.ids(Cases.read(file)));
    }

    assertThat(IntStream.rangeClosed(FIRST, LAST).mapToObj(n -> "HA-" + n))
        .as("cases without proof or reason")
        .allMatch(ids::contains);
  }

  @Test
  void everyNamedTestExists() throws ReflectiveOperationException {
    var named = new ArrayList<String>();
    for (var given : Cases.read("elsewhere.yml")) {
      if (given.has("test")) {
        var parts = given.required("test").split("#", 2);
        named.add(Class.forName(parts[0]).getDeclaredMethod(parts[1]).getName());
      } else {
        assertThat(given.required("missing")).isNotBlank();
      }
    }

    assertThat(named).isNotEmpty();
  }
}
