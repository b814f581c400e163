package io.kodedeploy.core.bundle;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.core.bundle.Owners.Owner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Whose files are after they were unpacked by root. */
@EnabledIf("mayGiveFilesAway")
class OwnersTest {
  @TempDir Path folder;
  private final Owners owners = new Owners();
  private Path file;

  static boolean mayGiveFilesAway() throws IOException {
    var probe = Files.createTempFile("owners", "");
    try {
      Files.setAttribute(probe, "unix:uid", 1);
      return true;
    } catch (IOException e) {
      return false;
    } finally {
      Files.delete(probe);
    }
  }

  @BeforeEach
  void make() throws IOException {
    file = Files.createFile(folder.resolve("file"));
  }

  @Test
  void knownNamesWinOverNumbers() throws IOException {
    owners.set(file, new Owner("daemon", 4711, "daemon", 4712));

    assertThat(Files.getOwner(file).getName()).isEqualTo("daemon");
    assertThat(group(file)).isEqualTo("daemon");
  }

  @Test
  void unknownAndMissingNamesLeaveTheNumbers() throws IOException {
    owners.set(file, new Owner("nobody-has-this-name", 4711, "", 4712));

    assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(4711);
    assertThat(Files.getAttribute(file, "unix:gid")).isEqualTo(4712);
  }

  @Test
  void everyFileGetsItsOwner() throws IOException {
    var mine = Files.getOwner(file).getName();
    var other = Files.createFile(folder.resolve("other"));
    var link = Files.createSymbolicLink(folder.resolve("link"), other);

    owners.set(file, new Owner("daemon", 1, "daemon", 1));
    owners.set(other, new Owner(mine, 0, mine, 0));
    owners.set(link, new Owner("daemon", 1, "daemon", 1));

    assertThat(Files.getOwner(file).getName()).isEqualTo("daemon");
    assertThat(Files.getOwner(other).getName()).isEqualTo(mine);
    assertThat(Files.getOwner(link, NOFOLLOW_LINKS).getName()).isEqualTo("daemon");
  }

  private static String group(Path path) throws IOException {
    return Files.getAttribute(path, "posix:group").toString();
  }
}
