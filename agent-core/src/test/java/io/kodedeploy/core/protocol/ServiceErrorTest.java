package io.kodedeploy.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.core.conformance.Cases;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class ServiceErrorTest {
  @TestFactory
  Stream<DynamicTest> errors() {
    return Cases.of(
        "errors.yml",
        given -> {
          int status = Integer.parseInt(given.required("status"));

          var error =
              ServiceError.of(status, given.text("header").orElse(""), given.required("body"));

          assertThat(error.type()).isEqualTo(given.required("type"));
          assertThat(error.message()).isEqualTo(given.required("message"));
          assertThat(error.asException("X").code().id()).isEqualTo(given.required("code"));
        });
  }
}
