package io.kodedeploy.core.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kodedeploy.core.config.BundleRules;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.spec.BundleType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.Deflater;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives that lie, are broken or are merely unusual. */
class UnpackerTest {
  private static final int DIRECTORY = 0x02014b50;
  private static final int METHOD = 10;
  private static final int FLAGS = 8;
  private static final int CRC = 16;
  private static final int COMPRESSED = 20;
  private static final int SIZE = 24;
  private static final int HEADER_AT = 42;

  @TempDir Path temporary;

  @Test
  void refusesAZipEntryWithMoreBytesThanItSays() throws Exception {
    var zip = zip("x", "0123456789");

    assertRefused(changed(zip, SIZE, 5), "member 'x' has more than the 5 bytes it says");
    assertRefused(changed(zip, SIZE, 11), "member 'x' has 10 bytes, not 11 as it says");
  }

  @Test
  void refusesAZipEntryThatIsDamaged() throws Exception {
    var zip = zip("x", "0123456789");

    assertRefused(changed(zip, CRC, 1), "member 'x' is damaged: its checksum is wrong");
    assertRefused(changed(zip, COMPRESSED, 4), "member 'x' is truncated");
    assertRefused(changed(zip, COMPRESSED, 1 << 20), "member 'x' reaches beyond the end");
    assertRefused(changed(zip, HEADER_AT, 4), "member 'x' is not where the zip's directory says");
    assertRefused(changed(zip, HEADER_AT, 1 << 20), "zip");
  }

  @Test
  void refusesWhatItCannotRead() throws Exception {
    var zip = zip("x", "0123456789");

    assertRefused(changed16(zip, METHOD, 93), "'x' is compressed by method 93");
    assertRefused(changed16(zip, FLAGS, 1), "'x' is encrypted");
  }

  @Test
  void refusesADirectoryThatDoesNotFit() throws Exception {
    var zip = zip("x", "0123456789");
    var end = zip.length - 22;

    assertRefused(changedAt(zip, end + 10, (short) 2), "announces 2 entries and has 1");
    assertRefused(changedAt(zip, end + 12, (short) 20), "zip's directory is");
    assertRefused(changedAt(zip, end + 16, (short) 9999), "does not fit into the file");
    assertRefused(changedAt(zip, end + 4, (short) 1), "has several parts");
    assertRefused(Arrays.copyOf(zip, end + 21), "truncated, or no zip");
  }

  @Test
  void readsAZipBehindAProgramAndBeforeAComment() throws Exception {
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes("#!/bin/sh\nexit\n".getBytes(UTF_8));
    bytes.writeBytes(zip("x", "text"));
    var whole = bytes.toByteArray();
    ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).putShort(whole.length - 2, (short) 3);
    bytes.reset();
    bytes.writeBytes(whole);
    bytes.writeBytes("end".getBytes(UTF_8));

    assertThat(unpack(bytes.toByteArray(), BundleType.ZIP).resolve("x")).hasContent("text");
  }

  @Test
  void readsZip64AndStoredEntries() throws Exception {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipArchiveOutputStream(bytes)) {
      zip.setUseZip64(Zip64Mode.Always);
      zip.setMethod(ZipArchiveOutputStream.STORED);
      for (var n = 0; n < 3; n++) {
        var entry = new ZipArchiveEntry("d/" + n);
        entry.setSize(4);
        entry.setCrc(0xd87f7e0cL); // of "test"
        zip.putArchiveEntry(entry);
        zip.write("test".getBytes(UTF_8));
        zip.closeArchiveEntry();
      }
    }

    assertThat(unpack(bytes.toByteArray(), BundleType.ZIP).resolve("d/2")).hasContent("test");
  }

  @Test
  void readsNamesOfOtherSystems() throws Exception {
    var zip = zip("a|b|x", "text"); // made on FAT, as .NET writes it
    for (var at = 0; at < zip.length; at++) {
      if (zip[at] == '|') {
        zip[at] = '\\';
      }
    }
    assertThat(unpack(zip, BundleType.ZIP).resolve("a/b/x")).hasContent("text");

    var old = zip("gruen", "text");
    for (var at = 0; at < old.length - 4; at++) {
      if (old[at] == 'g' && old[at + 4] == 'n') {
        old[at + 2] = (byte) 0x81; // ü in code page 437
      }
    }
    assertThat(unpack(old, BundleType.ZIP).resolve("grüen")).hasContent("text");
  }

  @Test
  void refusesHeadersThatWouldFillTheMemory() throws Exception {
    var bytes = new ByteArrayOutputStream();
    try (var tar = new TarArchiveOutputStream(bytes)) {
      var name = new TarArchiveEntry("././@LongLink", TarConstants.LF_GNUTYPE_LONGNAME);
      name.setSize(4 << 20);
      tar.putArchiveEntry(name);
      tar.write(new byte[4 << 20]);
      tar.closeArchiveEntry();
    }

    assertThatThrownBy(() -> unpack(bytes.toByteArray(), BundleType.TAR))
        .hasMessageContaining("the headers of a member are too large");
  }

  @Test
  void refusesATarThatEndsInAMember() throws Exception {
    var tar = tar(0, 0, "x", "0".repeat(5000));

    for (var length : new int[] {512, 1024, 5000, 5632, tar.length / 2}) {
      assertThatThrownBy(() -> unpack(Arrays.copyOf(tar, length), BundleType.TAR))
          .as("%d bytes", length)
          .isInstanceOf(AgentException.class)
          .hasMessageStartingWith("Error extracting tar archive: ");
      assertThat(temporary.resolve("unpacked")).doesNotExist();
    }
  }

  @Test
  void keepsOwnersUnlessToldToIgnoreThem() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "owners are root's to give");
    var tar = tar(12345, 23456, "x", "text");

    var kept = unpack(tar, BundleType.TAR).resolve("x");
    assertThat(Files.getAttribute(kept, "unix:uid")).isEqualTo(12345);
    assertThat(Files.getAttribute(kept, "unix:gid")).isEqualTo(23456);

    var ignoring =
        new BundleRules(
            true, false, true, false, true, true, BundleRules.DEFAULTS.maxExtractionBytes());
    var ignored = unpack(tar, BundleType.TAR, ignoring).resolve("x");
    assertThat(Files.getAttribute(ignored, "unix:uid")).isEqualTo(0);
    assertThat(Files.getAttribute(ignored, "unix:gid")).isEqualTo(0);
  }

  @Test
  void boundsTheNumberOfMembers() throws Exception {
    var limits = new ExtractionLimits(0, 2);
    limits.member("a");
    limits.member("b");

    assertThatThrownBy(() -> limits.member("c"))
        .hasMessage("member 'c' is one too many: a bundle may have 2 members");
    assertThat(limits.members()).isEqualTo(3);
  }

  @Test
  void showsHostileNamesHarmless() {
    assertThat(Refusal.shown("a\nb\u001b[2Jc")).isEqualTo("a?b?[2Jc");
    assertThat(Refusal.shown("x".repeat(201))).isEqualTo("x".repeat(200) + "...");
    assertThat(Refusal.shown("x".repeat(200))).isEqualTo("x".repeat(200));
  }

  private void assertRefused(byte[] zip, String reason) {
    assertThatThrownBy(() -> unpack(zip, BundleType.ZIP))
        .isInstanceOf(AgentException.class)
        .hasMessageStartingWith("Error extracting zip archive: ")
        .hasMessageContaining(reason);
    assertThat(temporary.resolve("unpacked")).doesNotExist();
  }

  private Path unpack(byte[] archive, BundleType type) throws Exception {
    return unpack(archive, type, BundleRules.DEFAULTS);
  }

  private Path unpack(byte[] archive, BundleType type, BundleRules rules) throws Exception {
    var file = Files.write(temporary.resolve("bundle"), archive);
    var folder = temporary.resolve("unpacked");
    try (var bundle = BundleFile.whole(file)) {
      new Unpacker(rules).unpack(bundle, type, folder);
    }
    return folder;
  }

  private static byte[] zip(String name, String text) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipArchiveOutputStream(bytes)) {
      zip.setLevel(Deflater.BEST_COMPRESSION);
      zip.setUseLanguageEncodingFlag(false);
      zip.putArchiveEntry(new ZipArchiveEntry(name));
      zip.write(text.getBytes(UTF_8));
      zip.closeArchiveEntry();
    }
    return bytes.toByteArray();
  }

  private static byte[] tar(int user, int group, String name, String text) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var tar = new TarArchiveOutputStream(bytes)) {
      var entry = new TarArchiveEntry(name);
      entry.setIds(user, group);
      entry.setSize(text.length());
      tar.putArchiveEntry(entry);
      tar.write(text.getBytes(UTF_8));
      tar.closeArchiveEntry();
    }
    return bytes.toByteArray();
  }

  /** Another number in the only entry of the directory. */
  private static byte[] changed(byte[] zip, int field, int value) {
    var bytes = ByteBuffer.wrap(zip.clone()).order(ByteOrder.LITTLE_ENDIAN);
    return bytes.putInt(directory(bytes) + field, value).array();
  }

  private static byte[] changed16(byte[] zip, int field, int value) {
    var bytes = ByteBuffer.wrap(zip.clone()).order(ByteOrder.LITTLE_ENDIAN);
    return bytes.putShort(directory(bytes) + field, (short) value).array();
  }

  private static byte[] changedAt(byte[] zip, int at, short value) {
    return ByteBuffer.wrap(zip.clone()).order(ByteOrder.LITTLE_ENDIAN).putShort(at, value).array();
  }

  private static int directory(ByteBuffer bytes) {
    var at = 0;
    while (bytes.getInt(at) != DIRECTORY) {
      at++;
    }
    return at;
  }
}
