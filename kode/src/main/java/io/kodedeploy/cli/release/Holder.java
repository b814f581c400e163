package io.kodedeploy.cli.release;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/**
 * A process that works on a release.
 *
 * @param machine name and boot of the machine, and its process namespace: where the pid counts
 * @param pid of the process
 * @param started when it started, since pids are used again
 */
record Holder(String machine, long pid, String started) {
  static Holder self() {
    var process = ProcessHandle.current();
    return new Holder(machineName(), process.pid(), start(process));
  }

  /** Whether this holder is known to be gone; another machine's never is. */
  boolean isGone() {
    return machine.equals(machineName())
        && ProcessHandle.of(pid)
            .map(process -> !process.isAlive() || !start(process).equals(started))
            .orElse(true);
  }

  private static String start(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toString).orElse("");
  }

  private static String machineName() {
    String host;
    try {
      host = InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException _) {
      host = "unknown";
    }
    try {
      return host
          + "/"
          + Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip()
          + "/"
          + Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
    } catch (IOException _) {
      return host; // no Linux: the name has to do
    }
  }
}
