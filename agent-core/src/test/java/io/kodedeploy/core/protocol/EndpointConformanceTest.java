package io.kodedeploy.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.core.conformance.Cases;
import io.kodedeploy.core.conformance.Settings;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class EndpointConformanceTest {
  @TempDir Path directory;

  @TestFactory
  Stream<DynamicTest> endpoints() {
    return Cases.of(
        "endpoints.yml",
        given -> {
          var config = Settings.agent(directory, given.text("settings").orElse(""));

          var url = Endpoint.resolve(config, given.required("region"), given.text("metadata"));

          assertThat(url).hasToString(given.required("url"));
          var variant = ServiceVariant.of(config);
          assertThat(variant.signingName()).isEqualTo(given.required("signing"));
          given
              .text("target")
              .ifPresent(target -> assertThat(variant.target("PollHostCommand")).isEqualTo(target));
        });
  }
}
