package io.kodedeploy.core.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * A bundle file that may still be growing while it is read: whoever fetches it says how far it has
 * come, readers wait. For several threads.
 */
final class BundleFile implements AutoCloseable {
  private final FileChannel channel;
  private long available;
  private boolean complete;
  private boolean abandoned;

  private BundleFile(FileChannel channel, long available, boolean complete) {
    this.channel = channel;
    this.available = available;
    this.complete = complete;
  }

  /** A file that is all there. */
  static BundleFile whole(Path file) throws IOException {
    var channel = FileChannel.open(file);
    return new BundleFile(channel, channel.size(), true);
  }

  /** A file of which nothing is there yet. */
  static BundleFile growing(Path file) throws IOException {
    return new BundleFile(FileChannel.open(file), 0, false);
  }

  /** For reads at a position that was waited for. */
  FileChannel channel() {
    return channel;
  }

  /** So much of it is there and will not change. */
  synchronized void grown(long upTo) {
    available = upTo;
    notifyAll();
  }

  /** It is all there. */
  synchronized void complete() {
    complete = true;
    notifyAll();
  }

  /** It will never be complete: readers fail. */
  synchronized void abandon() {
    abandoned = true;
    notifyAll();
  }

  /**
   * Waits until so much is there, or all of it.
   *
   * @return how much there is
   */
  synchronized long await(long upTo) throws IOException, InterruptedException {
    while (available < upTo && !complete && !abandoned) {
      wait();
    }
    if (abandoned) {
      throw new IOException("the bundle was not fetched to its end");
    }
    return available;
  }

  /** Reads it from the beginning, by one thread; skipping reads nothing. */
  Reader reader() {
    return new Reader();
  }

  /** A position in the file. */
  final class Reader extends InputStream {
    private long position;

    long position() {
      return position;
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      var there = awaitHere(1) - position;
      if (there <= 0) {
        return -1;
      }
      var buffer = ByteBuffer.wrap(bytes, from, (int) Math.min(length, there));
      var count = channel.read(buffer, position);
      position += Math.max(count, 0);
      return count;
    }

    @Override
    public long skip(long count) throws IOException {
      var skipped = Math.max(0, Math.min(count, awaitHere(count) - position));
      position += skipped;
      return skipped;
    }

    @Override
    public int available() throws IOException {
      return (int) Math.min(Integer.MAX_VALUE, awaitHere(1) - position);
    }

    private long awaitHere(long count) throws IOException {
      try {
        return await(Math.addExact(position, count));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("the agent is stopping");
      } catch (ArithmeticException _) {
        throw new IOException("a size in the archive is impossible");
      }
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
