package io.kodedeploy.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.cli.console.Ticker;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** No process is left behind, whatever happens to us. */
@EnabledOnOs(OS.LINUX)
class ChildrenIT {
  @TempDir Path folder;

  /** A parent to be killed: starts a child that ignores SIGTERM, says its pid, and waits. */
  static final class Parent {
    private Parent() {}

    /** Runs until it is killed. */
    public static void main(String[] args) throws Exception {
      try (var children = Children.open(System.getenv())) {
        var child =
            children.start(
                List.of("sh", "-c", "trap '' TERM; while :; do sleep 1; done"),
                Map.of(),
                Path.of(args[0]));
        System.out.println(child.pid());
        child.waitFor();
      }
    }
  }

  private static void awaitGone(ProcessHandle process) throws InterruptedException {
    var deadline = Instant.now().plusSeconds(30);
    while (process.isAlive()) {
      assertThat(Instant.now()).as("process " + process.pid() + " is gone").isBefore(deadline);
      Ticker.SYSTEM.pause(Duration.ofMillis(50));
    }
  }

  @Test
  void closingEndsEvenAChildThatIgnoresSigterm() throws InterruptedException {
    ProcessHandle child;
    try (var children = Children.open(System.getenv())) {
      child =
          children
              .start(
                  List.of("sh", "-c", "trap '' TERM; while :; do sleep 1; done"),
                  Map.of(),
                  folder.resolve("log"))
              .toHandle();
      assertThat(child.isAlive()).isTrue();
    }

    awaitGone(child);
  }

  @Test
  void childrenAndTheirChildrenEndWhenWeAreKilled() throws IOException, InterruptedException {
    var parent =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Parent.class.getName(),
                folder.resolve("log").toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String line;
    try (var reader =
        new BufferedReader(
            new InputStreamReader(parent.getInputStream(), StandardCharsets.UTF_8))) {
      line = reader.readLine();
    }
    var child = ProcessHandle.of(Long.parseLong(line)).orElseThrow();
    assertThat(child.isAlive()).isTrue();
    var grandchildren = child.descendants().toList();

    parent.destroyForcibly().waitFor();

    awaitGone(child);
    for (var grandchild : grandchildren) {
      awaitGone(grandchild);
    }
  }
}
