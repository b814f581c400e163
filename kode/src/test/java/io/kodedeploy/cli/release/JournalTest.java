package io.kodedeploy.cli.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class JournalTest {
  private static final Map<String, Integer> BEFORE = Map.of("blue", 1, "green", 0);

  private final Journal journal =
      new Journal(
          Journal.SCHEMA,
          "lb-app-1",
          "green",
          "r-1",
          Journal.State.RUNNING,
          Holder.self(),
          "2026-01-01T00:00:00Z",
          "arn:listener",
          Optional.empty(),
          BEFORE,
          Optional.empty(),
          List.of());

  private static Journal.Entry entry(String change, int blue, int green) {
    return new Journal.Entry(
        "2026-01-01T00:00:01Z", change, Map.of("blue", blue, "green", green), BEFORE);
  }

  @Test
  void isTheSameAfterWritingAndReading() {
    var full = journal.with(entry("shift", 90, 10)).deployedBy("d-1");
    var json = JsonMapper.builder().build();

    var read = json.readValue(json.writeValueAsString(full), Journal.class);

    assertThat(read).isEqualTo(full);
  }

  @Test
  void explainsTheWeightsAroundItsLastChange() {
    var shifted = journal.with(entry("shift", 90, 10));

    assertThat(shifted.explains(Map.of("blue", 90, "green", 10))).isTrue();
    assertThat(shifted.explains(BEFORE)).isTrue();
    assertThat(shifted.explains(Map.of("blue", 80, "green", 20))).isFalse();
  }

  @Test
  void aReleaseThatWasRestoringIsUndone() {
    assertThat(journal.with(entry("shift", 90, 10)).undoing()).isFalse();
    assertThat(journal.with(entry(Journal.RESTORE, 1, 0)).undoing()).isTrue();
    assertThat(journal.with(Journal.State.NOT_ROLLED_BACK).undoing()).isTrue();
  }

  @Test
  void aHolderIsGoneWhenItsProcessIs() throws Exception {
    var process = new ProcessBuilder("true").start();
    process.waitFor();
    var self = Holder.self();

    assertThat(self.isGone()).isFalse();
    assertThat(new Holder(self.machine(), process.pid(), "then").isGone()).isTrue();
    assertThat(new Holder(self.machine(), self.pid(), "another start").isGone()).isTrue();
    assertThat(new Holder("elsewhere", process.pid(), "then").isGone()).isFalse();
  }
}
