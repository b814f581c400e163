package io.kodedeploy.simulator.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The cases of codedeploy-service.md 12, each over a real port with signed requests. */
class ConformanceTest {

  @TestFactory
  Stream<DynamicTest> behavesAsTheServiceSpecificationSays() {
    return Cases.files().stream()
        .map(
            file -> {
              var name = Cases.id(file) + " " + Cases.read(file).path("title").stringValue();
              return DynamicTest.dynamicTest(
                  name,
                  () -> {
                    try (var run = new CaseRun(Cases.read(file))) {
                      run.play();
                    }
                  });
            });
  }

  @Test
  void theReadmeListsExactlyTheCasesThatAreCovered() throws Exception {
    var covered = Cases.files().stream().map(Cases::id).toList();

    var readme = Files.readString(Path.of("README.md"));
    var listed = Pattern.compile("CS-[0-9]{3}").matcher(section(readme)).results();

    assertThat(listed.map(m -> m.group()).toList()).isEqualTo(covered);
  }

  private static String section(String readme) {
    var start = readme.indexOf("<!-- cases -->");
    var end = readme.indexOf("<!-- end of cases -->");
    assertThat(start).isPositive().isLessThan(end);
    return readme.substring(start, end);
  }
}
