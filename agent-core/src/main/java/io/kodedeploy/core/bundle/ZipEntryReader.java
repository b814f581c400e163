package io.kodedeploy.core.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.file.attribute.FileTime;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;

/** Makes sense of one central directory entry: zip64 sizes, times, names in UTF-8 or CP437. */
final class ZipEntryReader {
  private static final long MAX32 = 0xffffffffL;
  private static final int FIXED = 46;
  private static final int UTF8_NAME = 1 << 11;
  private static final int ENCRYPTED = 1;
  private static final int MADE_ON_FAT = 0;
  private static final int MADE_ON_UNIX = 3;
  private static final int MADE_ON_MACOS = 19;

  private static final int ZIP64 = 0x0001;
  private static final int TIMES = 0x5455;
  private static final int UNICODE_NAME = 0x7075;

  /** The upper half of code page 437, in which names are that are not UTF-8 (APPNOTE, D.1). */
  private static final String CP437 =
      "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧"
          + "╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0";

  private final ByteBuffer entry;
  private final int nameLength;
  private long size;
  private long compressed;
  private long headerAt;
  private String name;
  private FileTime modified;

  private ZipEntryReader(ByteBuffer entry, int nameLength) throws IOException {
    this.entry = entry;
    this.nameLength = nameLength;
    this.compressed = entry.getInt(20) & MAX32;
    this.size = entry.getInt(24) & MAX32;
    this.headerAt = entry.getInt(42) & MAX32;
    var bytes = new byte[nameLength];
    entry.get(FIXED, bytes);
    this.name = name(bytes, (flags() & UTF8_NAME) != 0);
    this.modified = dosTime(entry.getInt(12));
    readExtra(bytes);
  }

  /**
   * Reads an entry.
   *
   * @param entry its bytes with name and extra field, little endian
   * @param shift what is to be added to its offset
   */
  static ZipEntryHeader read(ByteBuffer entry, int nameLength, long shift) throws IOException {
    return new ZipEntryReader(entry, nameLength).header(shift);
  }

  private ZipEntryHeader header(long shift) {
    var madeOn = entry.getShort(4) >> 8 & 0xff;
    var unix = madeOn == MADE_ON_UNIX || madeOn == MADE_ON_MACOS;
    return new ZipEntryHeader(
        madeOn == MADE_ON_FAT && name.indexOf('/') < 0 ? name.replace('\\', '/') : name,
        ZipDirectory.unsigned16(entry, 10),
        (flags() & ENCRYPTED) != 0,
        entry.getInt(16) & MAX32,
        compressed,
        size,
        headerAt + shift,
        unix ? ZipDirectory.unsigned16(entry, 40) : 0,
        modified);
  }

  private int flags() {
    return ZipDirectory.unsigned16(entry, 8);
  }

  private void readExtra(byte[] rawName) throws IOException {
    var at = FIXED + nameLength;
    while (at + 4 <= entry.limit()) {
      var id = ZipDirectory.unsigned16(entry, at);
      var length = ZipDirectory.unsigned16(entry, at + 2);
      at += 4;
      if (at + length > entry.limit()) {
        return; // padding of some tools; nothing that is needed can be in it
      }
      var field = entry.slice(at, length).order(ByteOrder.LITTLE_ENDIAN);
      switch (id) {
        case ZIP64 -> readZip64(field);
        case TIMES -> {
          if (length >= 5 && (field.get(0) & 1) != 0) {
            modified = FileTime.from(field.getInt(1), TimeUnit.SECONDS);
          }
        }
        case UNICODE_NAME -> {
          if (length > 5 && field.get(0) == 1 && (field.getInt(1) & MAX32) == crc(rawName)) {
            var bytes = new byte[length - 5];
            field.get(5, bytes);
            name = name(bytes, true);
          }
        }
        default -> {}
      }
      at += length;
    }
  }

  /** Sizes that did not fit, in this order. */
  private void readZip64(ByteBuffer field) throws IOException {
    if (size == MAX32) {
      size = next(field);
    }
    if (compressed == MAX32) {
      compressed = next(field);
    }
    if (headerAt == MAX32) {
      headerAt = next(field);
    }
  }

  private static long next(ByteBuffer field) throws IOException {
    if (field.remaining() < Long.BYTES) {
      throw new IOException("a zip64 field is too short");
    }
    var value = field.getLong();
    if (value < 0) {
      throw new IOException("a zip64 field is negative");
    }
    return value;
  }

  private static String name(byte[] bytes, boolean mustBeUtf8) throws IOException {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      if (mustBeUtf8) {
        throw new IOException("a name in the zip is not UTF-8, though it says so", e);
      }
      var text = new StringBuilder(bytes.length);
      for (var each : bytes) {
        text.append(each >= 0 ? (char) each : CP437.charAt(each & 0x7f));
      }
      return text.toString();
    }
  }

  private static long crc(byte[] bytes) {
    var crc = new CRC32();
    crc.update(bytes);
    return crc.getValue();
  }

  /** Local time of whoever packed it, to two seconds. */
  private static FileTime dosTime(int dos) {
    try {
      return FileTime.from(
          LocalDateTime.of(
                  1980 + (dos >> 25 & 0x7f),
                  dos >> 21 & 0xf,
                  dos >> 16 & 0x1f,
                  dos >> 11 & 0x1f,
                  dos >> 5 & 0x3f,
                  (dos & 0x1f) * 2)
              .atZone(ZoneId.systemDefault())
              .toInstant());
    } catch (DateTimeException _) {
      return FileTime.from(Instant.now()); // no time at all
    }
  }
}
