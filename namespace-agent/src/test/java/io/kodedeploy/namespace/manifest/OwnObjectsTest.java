package io.kodedeploy.namespace.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OwnObjectsTest {
  @Test
  void ordinaryNamesStayAsTheyAre() {
    assertThat(OwnObjects.inventoryName("my-service.v2"))
        .isEqualTo("kodedeploy-inventory-my-service.v2");
    assertThat(OwnObjects.labelValue("My_Service")).isEqualTo("My_Service");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Web", "web@a", "_", "a+b=c", "-web-"})
  void anyApplicationNameGivesAValidNameAndLabel(String application) {
    assertThat(OwnObjects.inventoryName(application))
        .matches("[a-z0-9]([-a-z0-9.]*[a-z0-9])?")
        .hasSizeLessThan(253);
    assertThat(OwnObjects.labelValue(application))
        .matches("[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");
  }

  @Test
  void applicationsThatLookAlikeHaveDifferentInventories() {
    assertThat(Stream.of("web", "Web", "WEB", "web@", "web+").map(OwnObjects::inventoryName))
        .doesNotHaveDuplicates();
    assertThat(OwnObjects.labelValue("x".repeat(100)))
        .isNotEqualTo(OwnObjects.labelValue("x".repeat(99)))
        .hasSizeLessThan(64);
  }
}
