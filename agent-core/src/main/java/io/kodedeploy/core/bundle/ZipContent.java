package io.kodedeploy.core.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.deflate64.Deflate64CompressorInputStream;

/**
 * Reads the content of zip entries, each by any thread. Size and checksum of the directory must be
 * those of the content. Buffers are kept for the next entry: two of 64 KiB a thread.
 */
final class ZipContent implements AutoCloseable {
  private static final int LOCAL = 0x04034b50;
  private static final int LOCAL_SIZE = 30;
  private static final int BUFFER = 64 << 10;
  private static final int USUAL_EXTRA = 64;
  private static final int STORED = 0;
  private static final int DEFLATED = 8;
  private static final int DEFLATED64 = 9;
  private static final int BZIP2 = 12;

  /** Takes what was read. */
  interface Target {
    void write(ByteBuffer bytes) throws IOException;
  }

  /** What one thread needs. */
  private static final class Tools {
    private final ByteBuffer input =
        ByteBuffer.allocateDirect(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer output = ByteBuffer.allocateDirect(BUFFER);
    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();
  }

  private final FileChannel file;
  private final long end;
  private final ConcurrentLinkedQueue<Tools> tools = new ConcurrentLinkedQueue<>();

  /**
   * Contents of one file.
   *
   * @param end no content reaches further
   */
  ZipContent(FileChannel file, long end) {
    this.file = file;
    this.end = end;
  }

  void read(ZipEntryHeader entry, Target target) throws IOException {
    if (entry.encrypted()) {
      throw Refusal.of(entry.name(), "is encrypted");
    }
    var mine = tools.poll();
    mine = mine == null ? new Tools() : mine;
    try {
      new Reading(entry, mine, target).run();
    } finally {
      tools.add(mine);
    }
  }

  @Override
  public void close() {
    tools.forEach(each -> each.inflater.end());
  }

  /** One entry. */
  private final class Reading extends InputStream {
    private final ZipEntryHeader entry;
    private final Tools tools;
    private final Target target;
    private long at;
    private long last;
    private long produced;

    Reading(ZipEntryHeader entry, Tools tools, Target target) {
      this.entry = entry;
      this.tools = tools;
      this.target = target;
    }

    void run() throws IOException {
      tools.crc.reset();
      findContent();
      switch (entry.method()) {
        case STORED -> copy();
        case DEFLATED -> inflate();
        case DEFLATED64 -> decode(new Deflate64CompressorInputStream(this));
        case BZIP2 -> decode(new BZip2CompressorInputStream(this));
        default ->
            throw Refusal.of(
                entry.name(),
                "is compressed by method "
                    + entry.method()
                    + ", which is not supported: use zip's"
                    + " usual deflate");
      }
      if (produced != entry.size()) {
        throw Refusal.of(
            entry.name(), "has " + produced + " bytes, not " + entry.size() + " as it says");
      }
      if (tools.crc.getValue() != entry.crc()) {
        throw Refusal.of(entry.name(), "is damaged: its checksum is wrong");
      }
    }

    /** One read for header and content where that is enough, leaving what it has of the content. */
    private void findContent() throws IOException {
      var guess = LOCAL_SIZE + 3L * entry.name().length() + USUAL_EXTRA + entry.compressed();
      at = entry.headerAt();
      last = end;
      tools.input.clear().limit((int) Math.min(BUFFER, guess));
      fill(LOCAL_SIZE);
      if (tools.input.getInt(0) != LOCAL) {
        throw Refusal.of(entry.name(), "is not where the zip's directory says");
      }
      var content =
          LOCAL_SIZE
              + ZipDirectory.unsigned16(tools.input, 26)
              + ZipDirectory.unsigned16(tools.input, 28);
      last = entry.headerAt() + content + entry.compressed();
      if (last > end || last < 0) {
        throw Refusal.of(entry.name(), "reaches beyond the end of the zip");
      }
      if (content <= tools.input.limit()) {
        tools.input.position(content);
        tools.input.limit((int) Math.min(tools.input.limit(), content + entry.compressed()));
      } else {
        tools.input.limit(0);
        at = entry.headerAt() + content;
      }
    }

    /** Reads into the input buffer from its position on, at least as much; flips it. */
    private void fill(int atLeast) throws IOException {
      if (at + atLeast > last) {
        throw Refusal.of(entry.name(), "reaches beyond the end of the zip");
      }
      tools.input.limit((int) Math.min(tools.input.limit(), tools.input.position() + last - at));
      while (tools.input.position() < atLeast) {
        var count = file.read(tools.input, at);
        if (count <= 0) {
          throw new IOException("the zip is truncated");
        }
        at += count;
      }
      tools.input.flip();
    }

    /** Whether there is more of the entry, which then is in the input buffer. */
    private boolean more() throws IOException {
      if (tools.input.hasRemaining()) {
        return true;
      }
      if (at >= last) {
        return false;
      }
      tools.input.clear();
      fill(1);
      return true;
    }

    private void copy() throws IOException {
      while (more()) {
        put(tools.input);
      }
    }

    private void inflate() throws IOException {
      var inflater = tools.inflater;
      inflater.reset();
      try {
        while (!inflater.finished()) {
          if (inflater.needsInput()) {
            if (!more()) {
              throw Refusal.of(entry.name(), "is truncated");
            }
            inflater.setInput(tools.input);
          }
          tools.output.clear();
          if (inflater.inflate(tools.output) > 0) {
            put(tools.output.flip());
          } else if (inflater.needsDictionary()) {
            throw Refusal.of(entry.name(), "needs a preset dictionary");
          }
        }
      } catch (DataFormatException e) {
        throw new IOException(
            "member '" + Refusal.shown(entry.name()) + "' is damaged: " + e.getMessage(), e);
      }
    }

    private void decode(InputStream decoder) throws IOException {
      var bytes = new byte[BUFFER];
      try (decoder) {
        for (var count = decoder.read(bytes); count >= 0; count = decoder.read(bytes)) {
          put(ByteBuffer.wrap(bytes, 0, count));
        }
      }
    }

    private void put(ByteBuffer bytes) throws IOException {
      produced += bytes.remaining();
      if (produced > entry.size()) {
        throw Refusal.of(entry.name(), "has more than the " + entry.size() + " bytes it says");
      }
      tools.crc.update(bytes.duplicate());
      target.write(bytes);
    }

    @Override
    public int read() throws IOException {
      return more() ? tools.input.get() & 0xff : -1;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (!more()) {
        return -1;
      }
      var count = Math.min(length, tools.input.remaining());
      tools.input.get(bytes, from, count);
      return count;
    }
  }
}
