package io.kodedeploy.namespace.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.namespace.manifest.ApplyEntry;
import io.kodedeploy.namespace.manifest.ManifestFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BundleFilesTest {
  @TempDir Path folder;
  private Path archive;

  @BeforeEach
  void bundle() throws IOException {
    archive = Files.createDirectories(folder.resolve("archive"));
    Files.createDirectories(archive.resolve("deploy/more"));
    Files.writeString(archive.resolve("deploy/b.yml"), "b");
    Files.writeString(archive.resolve("deploy/a.yaml"), "a");
    Files.writeString(archive.resolve("deploy/more/c.JSON"), "c");
    Files.writeString(archive.resolve("deploy/README.md"), "not a manifest");
    Files.writeString(archive.resolve("deploy/.hidden.yaml"), "hidden");
    Files.writeString(folder.resolve("outside.yaml"), "outside");
  }

  private List<ManifestFile> read(String path) {
    try {
      return BundleFiles.read(
          archive,
          new ApplyEntry(path, "Install", Duration.ofMinutes(1), false, "appspec.yml:5: key"),
          "/nowhere");
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void readsADirectoryInTheOrderOfItsNames() {
    assertThat(read("deploy"))
        .containsExactly(
            new ManifestFile("deploy/a.yaml", "a"),
            new ManifestFile("deploy/b.yml", "b"),
            new ManifestFile("deploy/more/c.JSON", "c"));
  }

  @Test
  void readsASingleFileWhateverItsName() {
    assertThat(read("deploy/README.md"))
        .containsExactly(new ManifestFile("deploy/README.md", "not a manifest"));
  }

  @Test
  void followsLinksInsideOfTheBundle() throws IOException {
    Files.createSymbolicLink(archive.resolve("link"), Path.of("deploy/more"));

    assertThat(read("link")).containsExactly(new ManifestFile("link/c.JSON", "c"));
  }

  @ParameterizedTest
  @CsvSource({
    "missing,is not in the bundle",
    "../outside.yaml,leads outside of the bundle",
    "/etc/passwd,leads outside of the bundle"
  })
  void refusesPathsThatAreNotInTheBundle(String path, String expected) {
    assertThatThrownBy(() -> read(path))
        .hasMessageStartingWith("appspec.yml:5: key: ")
        .hasMessageContaining(expected);
  }

  @Test
  void refusesLinksThatLeadOutside() throws IOException {
    Files.createSymbolicLink(archive.resolve("deploy/z.yaml"), folder.resolve("outside.yaml"));
    Files.createSymbolicLink(archive.resolve("up"), folder);

    assertThatThrownBy(() -> read("deploy"))
        .hasMessage("appspec.yml:5: key: deploy/z.yaml leads outside of the bundle through a link");
    assertThatThrownBy(() -> read("up")).hasMessageContaining("through a link");
  }

  @Test
  void refusesLinksInCircles() throws IOException {
    Files.createSymbolicLink(archive.resolve("deploy/more/again"), Path.of(".."));

    assertThatThrownBy(() -> read("deploy")).hasMessageContaining("nested too deep");
  }

  @Test
  void refusesWhatIsNotText() throws IOException {
    Files.write(archive.resolve("deploy/a.yaml"), new byte[] {(byte) 0xc3, 0x28});

    assertThatThrownBy(() -> read("deploy"))
        .hasMessage("appspec.yml:5: key: deploy/a.yaml is not UTF-8");
  }
}
