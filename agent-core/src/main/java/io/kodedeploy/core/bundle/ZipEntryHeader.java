package io.kodedeploy.core.bundle;

import java.nio.file.attribute.FileTime;

/**
 * One entry of a zip's central directory (APPNOTE 6.3.10, 4.3.12).
 *
 * @param name with slashes, decoded
 * @param method 0 stored, 8 deflated
 * @param encrypted whether it needs a password
 * @param crc of the content
 * @param compressed bytes in the archive
 * @param size bytes on disk, as the archive claims
 * @param headerAt offset of the local header in the file
 * @param unixMode type and permission bits, 0 when the archive was not made on Unix
 */
record ZipEntryHeader(
    String name,
    int method,
    boolean encrypted,
    long crc,
    long compressed,
    long size,
    long headerAt,
    int unixMode,
    FileTime modified) {
  static final int TYPE = 0170000;
  static final int FOLDER = 0040000;
  static final int FILE = 0100000;
  static final int LINK = 0120000;

  int type() {
    return unixMode & TYPE;
  }

  boolean isFolder() {
    return name.endsWith("/") || type() == FOLDER;
  }
}
