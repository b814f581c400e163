package io.kodedeploy.core.bundle;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.spec.BundleType;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Unpacks a tar while it is fetched, on a thread of its own, into a folder that counts for nothing
 * until {@link #finish} returns. Used by the thread that fetches; closing it ends the other one.
 */
final class StreamedUnpack implements Arrival, AutoCloseable {
  private static final long STACK = 1 << 20;

  private final Unpacker unpacker;
  private final Path bundle;
  private final BundleType type;
  private final Path folder;
  private @Nullable BundleFile growing;
  private @Nullable Thread thread;
  private boolean again;
  private volatile @Nullable Throwable failure;

  StreamedUnpack(Unpacker unpacker, Path bundle, BundleType type, Path folder) {
    this.unpacker = unpacker;
    this.bundle = bundle;
    this.type = type;
    this.folder = folder;
  }

  @Override
  public void begins() throws IOException {
    if (growing != null) {
      again = true; // what was unpacked is of another object
      growing.abandon();
      return;
    }
    var file = BundleFile.growing(bundle);
    growing = file;
    thread = Thread.ofPlatform().name("unpack").daemon().stackSize(STACK).start(() -> unpack(file));
  }

  private void unpack(BundleFile file) {
    try {
      unpacker.unpack(file, type, folder);
    } catch (RuntimeException | Error | InterruptedException e) {
      failure = e;
    }
  }

  @Override
  public void grown(long upTo) {
    if (growing != null && !again) {
      growing.grown(upTo);
    }
  }

  /**
   * To be called when the bundle is all there and is the right one; waits for the end.
   *
   * @throws AgentException as {@link Unpacker#unpack}
   */
  void finish() throws IOException, InterruptedException {
    if (growing != null && thread != null && !again) {
      growing.complete();
      thread.join();
      switch (failure) {
        case null -> {
          return;
        }
        case AgentException e -> throw e;
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        default -> again = true; // cannot be: nobody interrupts it before close()
      }
    }
    close();
    try (var whole = BundleFile.whole(bundle)) {
      unpacker.unpack(whole, type, folder);
    }
  }

  @Override
  public void close() throws IOException {
    if (growing == null || thread == null) {
      return;
    }
    growing.abandon();
    thread.interrupt();
    var interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    growing.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
