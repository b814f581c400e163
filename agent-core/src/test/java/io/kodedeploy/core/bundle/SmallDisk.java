package io.kodedeploy.core.bundle;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;

/** A real file system of a few MiB; whoever mounts it unmounts it. */
public final class SmallDisk {
  private final Path folder;

  private SmallDisk(Path folder) {
    this.folder = folder;
  }

  /** Mounts one over a folder; only root can. */
  public static SmallDisk mount(Path folder, int mebibytes) throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "mounting a tmpfs needs root");
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "tmpfs", folder.toString()),
        "this environment does not let root mount a tmpfs");
    return new SmallDisk(folder);
  }

  /** Ends it. */
  public void unmount() throws Exception {
    if (!run("umount", folder.toString()) && !run("umount", "-l", folder.toString())) {
      throw new IOException("still mounted: " + folder);
    }
  }

  private static boolean run(String... vector) throws IOException, InterruptedException {
    return new ProcessBuilder(vector).inheritIO().start().waitFor() == 0;
  }
}
