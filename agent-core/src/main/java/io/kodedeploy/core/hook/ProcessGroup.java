package io.kodedeploy.core.hook;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The processes a script has started and that have not left its group. The platform can signal only
 * single processes and knows only children, so the shell's kill does it.
 */
final class ProcessGroup {
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final Process leader;

  ProcessGroup(Process leader) {
    this.leader = leader;
  }

  /**
   * SIGTERM, and SIGKILL after five seconds for what is then left. Returns when the leader has
   * ended, at latest shortly after the SIGKILL. Not interruptible: an interrupt is kept for later.
   */
  void terminate() throws IOException {
    var interrupted = Thread.interrupted();
    try {
      signal("TERM");
      var deadline = System.nanoTime() + GRACE.toNanos();
      while (alive() && System.nanoTime() < deadline) {
        try {
          if (leader.isAlive()) {
            leader.waitFor(deadline - System.nanoTime(), NANOSECONDS);
          } else {
            pause(deadline); // members that are not our children can only be asked after
          }
        } catch (InterruptedException _) {
          interrupted = true;
        }
      }
      if (alive()) {
        signal("KILL");
        try {
          leader.waitFor(1, SECONDS);
        } catch (InterruptedException _) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void pause(long deadline) throws InterruptedException {
    var rest = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
    var step = Duration.ofMillis(20);
    Thread.sleep(rest.compareTo(step) < 0 ? rest : step);
  }

  /** Whether any process of the group is left; ended ones that nobody waited for do not count. */
  private boolean alive() {
    return leader.isAlive() || processes().stream().anyMatch(this::isLivingMember);
  }

  private boolean isLivingMember(Path process) {
    try {
      var stat = Files.readString(process.resolve("stat"), ISO_8859_1);
      var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 4);
      return !fields[0].equals("Z") && fields[2].equals(Long.toString(leader.pid()));
    } catch (IOException _) {
      return false; // it has ended meanwhile
    }
  }

  private void signal(String name) throws IOException {
    var kill = "kill -s " + name + " -- -" + leader.pid();
    var process =
        new ProcessBuilder("/bin/sh", "-c", kill)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    process.onExit().join(); // its status only says whether somebody was left
  }

  /** Who holds a pipe open, as {@code 4711 (sleep)}; the agent itself does not count. */
  static List<String> holders(Path pipe) {
    var self = Long.toString(ProcessHandle.current().pid());
    return processes().stream()
        .filter(process -> !process.endsWith(self) && holds(process, pipe))
        .map(process -> process.getFileName() + " (" + name(process) + ")")
        .toList();
  }

  private static boolean holds(Path process, Path pipe) {
    var folder = process.resolve("fd");
    return names(folder).stream().anyMatch(name -> leadsTo(folder.resolve(name), pipe));
  }

  private static boolean leadsTo(Path descriptor, Path pipe) {
    try {
      return Files.readSymbolicLink(descriptor).toString().equals(pipe.toString());
    } catch (IOException _) {
      return false; // closed meanwhile
    }
  }

  private static String name(Path process) {
    try {
      return Files.readString(process.resolve("comm"), ISO_8859_1).strip();
    } catch (IOException _) {
      return "ended"; // between the look at its files and now
    }
  }

  private static List<Path> processes() {
    var proc = Path.of("/proc");
    return names(proc).stream()
        .filter(name -> Character.isDigit(name.charAt(0)))
        .map(proc::resolve)
        .toList();
  }

  /** What a folder holds; nothing when it is gone or not ours to read. */
  private static List<String> names(Path folder) {
    var names = folder.toFile().list();
    return names == null ? List.of() : List.of(names);
  }
}
