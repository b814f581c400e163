package io.kodedeploy.core.bundle;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.tukaani.xz.XZInputStream;

/** How a tar is compressed, as its first bytes say: gzip, bzip2, xz or not at all. */
final class Decompression {
  private static final int BUFFER = 64 << 10;
  private static final int XZ_MEMORY_KIB = 48 << 10; // xz -6, the default, takes 9 MiB; -8 takes 33

  private Decompression() {}

  /**
   * The plain bytes.
   *
   * @return {@code raw} itself when nothing is compressed
   */
  static InputStream of(BundleFile.Reader raw, byte[] first) throws IOException {
    if (startsWith(first, 0x1f, 0x8b)) {
      return GzipCompressorInputStream.builder()
          .setInputStream(new BufferedInputStream(raw, BUFFER))
          .setDecompressConcatenated(true)
          .get();
    }
    if (startsWith(first, 'B', 'Z', 'h')) {
      return new BZip2CompressorInputStream(new BufferedInputStream(raw, BUFFER), true);
    }
    if (startsWith(first, 0xfd, '7', 'z', 'X', 'Z', 0)) {
      return new XZInputStream(new BufferedInputStream(raw, BUFFER), XZ_MEMORY_KIB);
    }
    return raw;
  }

  private static boolean startsWith(byte[] bytes, int... magic) {
    if (bytes.length < magic.length) {
      return false;
    }
    for (var at = 0; at < magic.length; at++) {
      if ((bytes[at] & 0xff) != magic[at]) {
        return false;
      }
    }
    return true;
  }
}
