package io.kodedeploy.core.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Packs the bundles of cases, hostile ones included. */
final class Bundles {
  private static final int LINK = 0120777;

  private Bundles() {}

  static byte[] pack(Map<?, ?> bundle) throws IOException {
    if (bundle.containsKey("raw")) {
      return bundle.get("raw").toString().getBytes(UTF_8);
    }
    var members = (List<?>) bundle.get("members");
    var bytes = new ByteArrayOutputStream();
    switch (bundle.get("type").toString()) {
      case "zip" -> zip(members, bytes);
      case "tgz" -> {
        try (var gzip = new GzipCompressorOutputStream(bytes)) {
          tar(members, gzip);
        }
      }
      case "tbz" -> {
        try (var bzip2 = new BZip2CompressorOutputStream(bytes)) {
          tar(members, bzip2);
        }
      }
      case "txz" -> {
        try (var xz = new XZOutputStream(bytes, new LZMA2Options())) {
          tar(members, xz);
        }
      }
      default -> tar(members, bytes);
    }
    return bundle.containsKey("cut")
        ? Arrays.copyOf(bytes.toByteArray(), (Integer) bundle.get("cut"))
        : bytes.toByteArray();
  }

  private static void zip(List<?> members, OutputStream output) throws IOException {
    try (var zip = new ZipArchiveOutputStream(output)) {
      for (var each : members) {
        var member = (Map<?, ?>) each;
        var entry = new ZipArchiveEntry(name(member));
        var text = member.containsKey("link") ? member.get("link") : member.get("text");
        if (member.containsKey("link")) {
          entry.setUnixMode(LINK);
        } else if (member.containsKey("mode")) {
          entry.setUnixMode(0100000 | mode(member, 0));
        }
        zip.putArchiveEntry(entry);
        zip.write(text.toString().getBytes(UTF_8));
        zip.closeArchiveEntry();
      }
    }
  }

  private static void tar(List<?> members, OutputStream output) throws IOException {
    try (var tar = new TarArchiveOutputStream(output, "UTF-8")) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      tar.setAddPaxHeadersForNonAsciiNames(true);
      for (var each : members) {
        var member = (Map<?, ?>) each;
        var name = name(member);
        if (member.containsKey("text")) {
          var content = member.get("text").toString().getBytes(UTF_8);
          var entry = entry(name, TarConstants.LF_NORMAL);
          entry.setMode(0100000 | mode(member, 0644));
          entry.setSize(content.length);
          put(tar, entry, content);
        } else if (member.containsKey("folder")) {
          var entry = entry(name + "/", TarConstants.LF_DIR);
          entry.setMode(040000 | mode(member, 0755));
          put(tar, entry, new byte[0]);
        } else {
          var entry = entry(name, kind(member));
          if (member.containsKey("link")) {
            entry.setLinkName(member.get("link").toString());
          } else if (member.containsKey("hard")) {
            entry.setLinkName(member.get("hard").toString());
          }
          put(tar, entry, new byte[0]);
        }
      }
    }
  }

  private static String name(Map<?, ?> member) {
    return switch (member.get("name").toString()) {
      case "<deep>" -> "d/".repeat(256) + "x";
      case "<long>" -> "d".repeat(4097);
      case String name -> name;
    };
  }

  private static TarArchiveEntry entry(String name, byte kind) {
    return new TarArchiveEntry(name, kind, true);
  }

  private static byte kind(Map<?, ?> member) {
    if (member.containsKey("link")) {
      return TarConstants.LF_SYMLINK;
    }
    if (member.containsKey("hard")) {
      return TarConstants.LF_LINK;
    }
    return member.containsKey("fifo") ? TarConstants.LF_FIFO : TarConstants.LF_CHR;
  }

  private static void put(TarArchiveOutputStream tar, TarArchiveEntry entry, byte[] content)
      throws IOException {
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }

  private static int mode(Map<?, ?> member, int usual) {
    return member.containsKey("mode") ? Integer.parseInt(member.get("mode").toString(), 8) : usual;
  }
}
