package io.kodedeploy.core.bundle;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.core.config.BundleRules;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.spec.BundleType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.UnrecognizedExtraField;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream.UnicodeExtraFieldPolicy;
import org.apache.commons.compress.archivers.zip.ZipShort;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Good archives in every form that tools write: each byte, name and time arrives. */
class ArchiveFormsTest {
  /** Around every buffer of the readers, and well beyond. */
  private static final int[] SIZES = {
    0, 1, 29, 30, 31, 4095, 65_535, 65_536, 65_537, 100_000, 262_143, 262_144, 262_145, 1_000_000
  };

  @TempDir Path temporary;

  private static Map<String, byte[]> members() {
    var random = new Random(1);
    var members = new TreeMap<String, byte[]>();
    for (var size : SIZES) {
      var noise = new byte[size];
      random.nextBytes(noise);
      members.put("noise/" + size, noise);
      var text = new byte[size];
      for (var at = 0; at < size; at++) {
        text[at] = (byte) ('a' + at / 7 % 26);
      }
      members.put("text/" + size, text);
    }
    for (var n = 0; n < 40; n++) { // more than there are buffers
      members.put("many/" + n, ("file " + n).getBytes(UTF_8));
    }
    members.put("long/" + "n".repeat(200) + "/" + "m".repeat(200), "long".getBytes(UTF_8));
    return members;
  }

  private Path unpack(byte[] archive, BundleType type) throws Exception {
    var file = Files.write(temporary.resolve("bundle"), archive);
    var folder = temporary.resolve("unpacked");
    try (var bundle = BundleFile.whole(file)) {
      new Unpacker(BundleRules.DEFAULTS).unpack(bundle, type, folder);
    }
    return folder;
  }

  private void assertArrives(byte[] archive, BundleType type) throws Exception {
    var folder = unpack(archive, type);
    for (var member : members().entrySet()) {
      assertThat(folder.resolve(member.getKey())).hasBinaryContent(member.getValue());
    }
  }

  private static byte[] zip(int level) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipArchiveOutputStream(bytes)) {
      zip.setLevel(level);
      for (var member : members().entrySet()) {
        zip.putArchiveEntry(new ZipArchiveEntry(member.getKey()));
        zip.write(member.getValue());
        zip.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  private static void tar(OutputStream output) throws IOException {
    try (var tar = new TarArchiveOutputStream(output)) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
      for (var member : members().entrySet()) {
        var entry = new TarArchiveEntry(member.getKey());
        entry.setSize(member.getValue().length);
        entry.setModTime(FileTime.from(Instant.parse("2020-02-03T04:05:07Z")));
        tar.putArchiveEntry(entry);
        tar.write(member.getValue());
        tar.closeArchiveEntry();
      }
    }
  }

  private static byte[] tgz() throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GzipCompressorOutputStream(bytes)) {
      tar(gzip);
    }
    return bytes.toByteArray();
  }

  @Test
  void everySizeArrivesByZip() throws Exception {
    assertArrives(zip(Deflater.BEST_SPEED), BundleType.ZIP);
    assertArrives(zip(Deflater.NO_COMPRESSION), BundleType.ZIP);
  }

  @Test
  void everySizeArrivesByTar() throws Exception {
    var bytes = new ByteArrayOutputStream();
    tar(bytes);

    assertArrives(bytes.toByteArray(), BundleType.TAR);
    assertThat(Files.getLastModifiedTime(temporary.resolve("unpacked/text/30")).toInstant())
        .isEqualTo("2020-02-03T04:05:07Z");
  }

  @Test
  void everySizeArrivesByCompressedTar() throws Exception {
    assertArrives(tgz(), BundleType.TGZ);
    assertThat(Files.getLastModifiedTime(temporary.resolve("unpacked/many/30")).toInstant())
        .isEqualTo("2020-02-03T04:05:07Z");
  }

  @Test
  void aCompressedTarThatEndsTooEarlyIsRefusedWhereverItEnds() throws Exception {
    var whole = tgz();
    for (var part : new double[] {0.01, 0.3, 0.6, 0.9, 0.9999}) {
      var cut = Arrays.copyOf(whole, (int) (whole.length * part));

      assertThatThrownBy(() -> unpack(cut, BundleType.TGZ)).isInstanceOf(AgentException.class);
      assertThat(temporary.resolve("unpacked")).doesNotExist();
    }
  }

  @Test
  void aZipWithoutUnixTimesHasTheLocalTimeOfWhoeverPackedIt() throws Exception {
    var when = LocalDateTime.of(2019, 7, 23, 13, 45, 58);
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      var entry = new ZipEntry("x");
      entry.setTimeLocal(when);
      zip.putNextEntry(entry);
    }

    assertThat(Files.getLastModifiedTime(unpack(bytes.toByteArray(), BundleType.ZIP).resolve("x")))
        .isEqualTo(FileTime.from(when.atZone(ZoneId.systemDefault()).toInstant()));
  }

  @Test
  void aZipWithUnixTimesIsRightToTheSecond() throws Exception {
    var when = FileTime.from(Instant.parse("2019-07-23T13:45:59Z"));
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      var entry = new ZipEntry("x");
      entry.setLastModifiedTime(when);
      zip.putNextEntry(entry);
    }

    assertThat(Files.getLastModifiedTime(unpack(bytes.toByteArray(), BundleType.ZIP).resolve("x")))
        .isEqualTo(when);
  }

  @Test
  @SuppressWarnings("PreferCharsetOverload") // the overload is private
  void aUnicodeNameBesideTheOldOneCounts() throws Exception {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipArchiveOutputStream(bytes)) {
      zip.setEncoding(US_ASCII.name());
      zip.setUseLanguageEncodingFlag(false);
      zip.setFallbackToUTF8(false);
      zip.setCreateUnicodeExtraFields(UnicodeExtraFieldPolicy.ALWAYS);
      zip.putArchiveEntry(new ZipArchiveEntry("Grüße €"));
      zip.write("text".getBytes(UTF_8));
      zip.closeArchiveEntry();
    }

    assertThat(unpack(bytes.toByteArray(), BundleType.ZIP).resolve("Grüße €")).hasContent("text");
  }

  @Test
  void readsBzip2EntriesAndLongLocalHeaders() throws Exception {
    var content = "a text that is packed by bzip2".repeat(1000).getBytes(UTF_8);
    var packed = new ByteArrayOutputStream();
    try (var bzip2 = new BZip2CompressorOutputStream(packed)) {
      bzip2.write(content);
    }
    var crc = new CRC32();
    crc.update(content);
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipArchiveOutputStream(bytes)) {
      var entry = new ZipArchiveEntry("x");
      entry.setMethod(12);
      entry.setSize(content.length);
      entry.setCompressedSize(packed.size());
      entry.setCrc(crc.getValue());
      var extra = new UnrecognizedExtraField();
      extra.setHeaderId(new ZipShort(0x4b44));
      extra.setLocalFileDataData(new byte[60_000]);
      extra.setCentralDirectoryData(new byte[3]);
      entry.addExtraField(extra);
      zip.addRawArchiveEntry(entry, new ByteArrayInputStream(packed.toByteArray()));
    }

    assertThat(unpack(bytes.toByteArray(), BundleType.ZIP).resolve("x")).hasBinaryContent(content);
  }
}
