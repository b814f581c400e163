package io.kodedeploy.node.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.spec.AppSpec;
import io.kodedeploy.core.spec.AppSpecReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TrafficSectionTest {
  private static final Path CASES = Path.of("src/test/resources/traffic");

  private static Optional<AppSpec> appSpec(Path file) {
    try {
      return Optional.of(AppSpecReader.read(file.getFileName(), Files.readAllBytes(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void readsEveryForm() {
    var section = TrafficSection.of(appSpec(CASES.resolve("valid-full.yml")));

    assertThat(section)
        .isEqualTo(
            new TrafficSection(
                List.of(
                    new WantedTarget(
                        new TargetGroupRef.ByName("web"),
                        new TargetPort.Fixed(30080),
                        "valid-full.yml:6: kodedeploy.traffic.targetGroups[0]"),
                    new WantedTarget(
                        new TargetGroupRef.ByArn(FakeLoadBalancing.arn("api")),
                        new TargetPort.NodePort("ingress-nginx", "controller", "https"),
                        "valid-full.yml:8: kodedeploy.traffic.targetGroups[1]"),
                    new WantedTarget(
                        new TargetGroupRef.ByName("plain"),
                        new TargetPort.GroupDefault(),
                        "valid-full.yml:10: kodedeploy.traffic.targetGroups[2]")),
                Duration.ofSeconds(90),
                Optional.of(Duration.ofMinutes(10))));
  }

  @Test
  void anAppSpecWithoutTheSectionAsksForNothing() {
    assertThat(TrafficSection.of(Optional.empty())).isEqualTo(TrafficSection.NONE);
  }

  static Stream<Path> invalid() throws IOException {
    try (var files = Files.list(CASES)) {
      return files
          .filter(f -> f.getFileName().toString().startsWith("invalid-"))
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("invalid")
  void refusesWithFileLineAndKey(Path file) throws IOException {
    String expected = Files.readAllLines(file).getFirst().replace("# expect: ", "");

    assertThatThrownBy(() -> TrafficSection.of(appSpec(file)))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.APPSPEC_INVALID))
        .hasMessage(expected);
  }
}
