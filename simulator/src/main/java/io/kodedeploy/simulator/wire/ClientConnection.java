package io.kodedeploy.simulator.wire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What a long poll must know about its client: whether it is still there. The kernel's table of
 * connections tells it without touching the socket, which belongs to the web server (whose own
 * watch of idle sockets gives up after a few milliseconds). Where there is no such table every
 * client counts as there.
 *
 * @param localPort our port
 * @param remotePort the client's port
 */
public record ClientConnection(int localPort, int remotePort) {
  private static final List<Path> TABLES =
      List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));
  private static final String ESTABLISHED = "01";

  /** Whether neither side has closed the connection. */
  public boolean isOpen() {
    var local = ":%04X".formatted(localPort).toUpperCase(Locale.ROOT);
    var remote = ":%04X".formatted(remotePort).toUpperCase(Locale.ROOT);
    var readable = false;
    for (var table : TABLES) {
      if (Files.isReadable(table)) {
        readable = true;
        if (lists(table, local, remote)) {
          return true;
        }
      }
    }
    return !readable;
  }

  /** Columns: number, local address, remote address, state (proc_net_tcp, kernel documentation). */
  private static boolean lists(Path table, String local, String remote) {
    try {
      for (var line : Files.readAllLines(table)) {
        var columns = line.strip().split("\\s+", 5);
        if (columns.length == 5
            && columns[1].endsWith(local)
            && columns[2].endsWith(remote)
            && columns[3].equals(ESTABLISHED)) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
