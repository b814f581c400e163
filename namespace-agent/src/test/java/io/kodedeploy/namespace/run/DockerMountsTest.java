package io.kodedeploy.namespace.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.namespace.run.DockerRun.Volume;
import io.kodedeploy.namespace.run.JobRequest.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DockerMountsTest {
  @TempDir Path folder;
  private Path archive;

  @BeforeEach
  void archiveBesideAnotherFolder() throws IOException {
    archive = Files.createDirectories(folder.resolve("archive/sub")).getParent();
    Files.createDirectories(folder.resolve("other"));
    Files.createSymbolicLink(archive.resolve("out"), folder.resolve("other"));
  }

  private DockerMounts of(String source, String target) {
    return DockerMounts.of(List.of(new Volume(source, target, false)), List.of(archive));
  }

  @Test
  void copiesAFolderOfTheArchive() {
    assertThat(of(archive + "/sub/", "/work"))
        .isEqualTo(
            new DockerMounts(
                List.of(archive.resolve("sub")), List.of(new Mount(0, "", "/work", false))));
  }

  @Test
  void leavesTheServiceAccountToTheJob() {
    var path = "/var/run/secrets/kubernetes.io/serviceaccount/";

    assertThat(of(path, path)).isEqualTo(new DockerMounts(List.of(), List.of()));
  }

  @Test
  void refusesEverythingElse() {
    refused(folder + "/other", "may only be below " + archive);
    refused(archive + "/../other", "may only be below");
    refused("/var/run/docker.sock", "may only be below");
    refused(archive + "/missing", "does not exist");
    refused(archive + "/out", "leads elsewhere through a link");
  }

  private void refused(String source, String expected) {
    assertThatThrownBy(() -> of(source, "/work"))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RUN_REFUSED))
        .hasMessageContaining(expected);
  }
}
