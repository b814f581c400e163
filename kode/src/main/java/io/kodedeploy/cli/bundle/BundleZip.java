package io.kodedeploy.cli.bundle;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDateTime;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.Deflater;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;

/** Writes zips that depend on names, modes and contents only: sorted, with one fixed time. */
public final class BundleZip {
  /** Later than 1980-01-01, which zip cannot tell from "no time". */
  private static final LocalDateTime TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

  private static final int REGULAR_FILE = 0100000;

  private BundleZip() {}

  /** Packs files; two files of one name are refused. */
  public static Bundle of(List<BundleFile> files) {
    var bytes = new ByteArrayOutputStream();
    var sorted = files.stream().sorted(Comparator.comparing(BundleFile::path)).toList();
    try (var zip = new ZipArchiveOutputStream(bytes)) {
      zip.setLevel(Deflater.BEST_COMPRESSION);
      String previous = "";
      for (var file : sorted) {
        if (file.path().equals(previous)) {
          throw new IllegalArgumentException("two files named " + previous + " in one bundle");
        }
        previous = file.path();
        var entry = new ZipArchiveEntry(file.path());
        entry.setTimeLocal(TIME);
        entry.setUnixMode(REGULAR_FILE | file.mode());
        entry.setSize(file.content().length);
        zip.putArchiveEntry(entry);
        zip.write(file.content());
        zip.closeArchiveEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    byte[] zip = bytes.toByteArray();
    return new Bundle(zip, sha256(zip), sorted.size());
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
