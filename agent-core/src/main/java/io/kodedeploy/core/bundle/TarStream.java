package io.kodedeploy.core.bundle;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * What a tar reader reads: counts the zero bytes at the end, because a tar ends with blocks of them
 * and a truncated one does not, and bounds what headers may take, because the reader keeps long
 * names and pax records in memory whatever size they claim. One thread.
 */
final class TarStream extends FilterInputStream {
  private static final int BLOCK = 512;
  private static final int MOST_FOR_ONE = 256 << 10;
  private static final int USUAL_FOR_ONE = 4 << 10;
  private static final int SPARE = 16 << 20;

  private long zeros;
  private long position;
  private boolean inHeader;
  private boolean passing;
  private long headerBytes;
  private long spare = SPARE;

  TarStream(InputStream input) {
    super(input);
  }

  /** How many bytes were read or skipped. */
  long position() {
    return position;
  }

  /** What is read from now on are headers. */
  void beginHeader() {
    inHeader = true;
    headerBytes = 0;
  }

  /** What is read from now on is content. */
  void endHeader() {
    inHeader = false;
    spare -= Math.max(0, headerBytes - USUAL_FOR_ONE);
  }

  /** Whether reads pass over what somebody else reads, without a look at it. */
  void passing(boolean now) {
    passing = now;
  }

  /** Whether what was read last is the end of a tar. */
  boolean ended() {
    return zeros >= BLOCK;
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int from, int length) throws IOException {
    if (passing) {
      var skipped = skip(length);
      return skipped == 0 && length > 0 ? -1 : (int) skipped;
    }
    var count = in.read(buffer, from, length);
    if (count <= 0) {
      return count;
    }
    position += count;
    if (inHeader) {
      headerBytes += count;
      if (headerBytes > MOST_FOR_ONE || headerBytes - USUAL_FOR_ONE > spare) {
        throw new IOException("the headers of a member are too large");
      }
    }
    var at = from + count;
    while (at > from && buffer[at - 1] == 0) {
      at--;
    }
    var trailing = from + count - at;
    zeros = at == from ? zeros + trailing : trailing;
    return count;
  }

  /** Passes over content; what is skipped does not count as the end. */
  @Override
  public long skip(long count) throws IOException {
    var skipped = in.skip(count);
    if (skipped > 0) {
      zeros = 0;
      position += skipped;
    }
    return skipped;
  }
}
