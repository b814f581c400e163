package io.kodedeploy.namespace.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ApiTroubleTest {
  private static final String LIST = "GET /api/v1/namespaces/shop/configmaps";
  private Instant now = Instant.parse("2026-11-24T05:00:00Z");
  private final ApiTrouble trouble = new ApiTrouble(() -> now);

  private void pass(int seconds) {
    now = now.plusSeconds(seconds);
  }

  @Test
  void saysTheOldestTroubleWithItsLastReasonUntilTheCallSucceeds() {
    trouble.failed(LIST, "HTTP 500", false);
    pass(10);
    trouble.failed(LIST, "HTTP 429", false);
    trouble.failed("GET /apis", "HTTP 503", false);

    assertThat(trouble.of("shop"))
        .contains(new ApiTrouble.Wait("HTTP 429", now.minus(Duration.ofSeconds(10))));
    trouble.answered(LIST);
    assertThat(trouble.of("shop")).map(ApiTrouble.Wait::reason).contains("HTTP 503");
  }

  @Test
  void aServerThatAnswersOneCallIsThereForAll() {
    trouble.failed(LIST, "no answer", true);
    trouble.failed("GET /apis", "HTTP 503", false);

    trouble.answered("GET /api");

    assertThat(trouble.of("shop")).map(ApiTrouble.Wait::reason).contains("HTTP 503");
  }

  @Test
  void whatNobodyRepeatsIsForgotten() {
    trouble.failed(LIST, "HTTP 500", false);
    pass(121);

    assertThat(trouble.of("shop")).isEmpty();
  }

  @Test
  void troubleOfAnotherNamespaceIsNotOurs() {
    trouble.failed("GET /api/v1/namespaces/shop-2/configmaps", "HTTP 500", false);
    trouble.failed("GET /api/v1/namespaces/bank", "HTTP 500", false);

    assertThat(trouble.of("shop")).isEmpty();
    assertThat(trouble.of("bank")).isPresent();
  }
}
