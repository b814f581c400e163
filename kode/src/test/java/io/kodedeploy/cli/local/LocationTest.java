package io.kodedeploy.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.cli.conformance.ConformanceCase;
import io.kodedeploy.core.spec.DeploymentSpecReader;
import io.kodedeploy.core.spec.Revision;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class LocationTest {
  @TempDir Path work;

  @BeforeEach
  void files() throws Exception {
    Files.writeString(work.resolve("x.tgz"), "");
    Files.createDirectory(work.resolve("dir"));
    Files.writeString(work.resolve("dir/appspec.yml"), "");
  }

  @TestFactory
  Stream<DynamicTest> locations() {
    return ConformanceCase.of("local-revisions.yml", this::run);
  }

  private void run(ConformanceCase given) {
    String location = real(given.text("location").orElseThrow());
    String type = given.text("type").orElseThrow();

    given
        .text("revision")
        .ifPresent(text -> assertThat(revision(location, type)).hasToString(real(text)));
    given
        .text("error")
        .ifPresent(
            text ->
                assertThatThrownBy(() -> revision(location, type))
                    .isInstanceOf(LocalRefused.class)
                    .hasMessageStartingWith(real(text)));
  }

  private Revision revision(String location, String type) {
    var members =
        Map.of(
            "DeploymentId", "d-1",
            "DeploymentGroupId", "G",
            "DeploymentGroupName", "g",
            "ApplicationName", "a",
            "Revision", RevisionOf.location(BundleLocation.check(location, type, null, work)));
    return DeploymentSpecReader.readUnsigned(JsonMapper.shared().writeValueAsString(members))
        .revision();
  }

  private String real(String text) {
    return text.replace("<work>", work.toString());
  }
}
