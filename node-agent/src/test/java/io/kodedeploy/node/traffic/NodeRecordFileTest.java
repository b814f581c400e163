package io.kodedeploy.node.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeRecordFileTest {
  @TempDir private Path folder;

  @Test
  void anAbsentRecordIsEmpty() {
    assertThat(NodeRecordFile.open(folder).read()).isEqualTo(NodeRecord.EMPTY);
  }

  @Test
  void aRecordThatCannotBeReadIsNeverTakenForEmpty() throws IOException {
    Files.writeString(folder.resolve("traffic.json"), "{\"schema\":1,\"applications\":{\"shop\":{");

    assertThatThrownBy(() -> NodeRecordFile.open(folder))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STATE_INVALID))
        .hasMessageContaining("traffic.json");
  }

  @Test
  void aRecordOfALaterSchemaIsRefused() throws IOException {
    Files.writeString(folder.resolve("traffic.json"), "{\"schema\":2,\"applications\":{}}");

    assertThatThrownBy(() -> NodeRecordFile.open(folder))
        .isInstanceOf(AgentException.class)
        .hasMessageContaining("expected schema 1, found 2");
  }
}
