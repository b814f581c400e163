package io.kodedeploy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Scripts of another account, by the real {@code su}, below folders that are closed to it. The
 * account gets a shell in a mount namespace of the test alone.
 */
class RunAsIT {
  private static final String IN_NAMESPACE =
      "ulimit -c unlimited; mount --bind \"$1\" /etc/passwd && shift && exec \"$@\"";

  @TempDir Path temporary;

  @Test
  void aScriptOfAnotherAccountReachesItsArchiveAndNothingElse() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "su needs root");
    Path folder = temporary.toRealPath();
    for (var path = folder; path.getNameCount() > 1; path = path.getParent()) {
      Files.setAttribute(path, "unix:mode", 0755);
    }
    var accounts =
        Files.readString(Path.of("/etc/passwd"))
            .replaceAll("(?m)^(nobody:.*:)[^:\\n]*$", "$1/bin/sh");
    Files.writeString(folder.resolve("passwd"), accounts);
    var bundle = Files.createDirectory(folder.resolve("bundle"));
    Files.writeString(
        bundle.resolve("appspec.yml"),
        "version: 0.0\nos: linux\nhooks: {AfterInstall: [{location: a.sh, runas: nobody}]}\n");
    Files.writeString(bundle.resolve("data"), "read\n");
    Files.writeString(
        bundle.resolve("a.sh"),
        """
        #!/bin/sh
        id -un
        cat "${0%/*}/data"
        for closed in . deployment-instructions ongoing-deployment deployment-logs; do
          ls "$ROOT/$closed" >/dev/null 2>&1 && echo "sees $closed"
        done
        cat "${0%/*}/../logs/scripts.log" 2>/dev/null && echo "sees the log"
        ulimit -c
        """);
    var root = folder.resolve("root");

    var builder =
        new ProcessBuilder(
            "unshare",
            "--mount",
            "/bin/sh",
            "-c",
            IN_NAMESPACE,
            "sh",
            folder.resolve("passwd").toString(),
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            KodeMain.class.getName(),
            "local",
            "--root-dir",
            root.toString());
    builder.environment().put("ROOT", root.toString());
    var process =
        builder
            .directory(bundle.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("out").toFile())
            .start();

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(folder.resolve("out"))
        .content()
        .endsWith("AppSpec file valid. Local deployment successful\n");
    assertThat(process.exitValue()).isZero();
    try (var logs = Files.walk(root)) {
      var log = logs.filter(path -> path.endsWith("logs/scripts.log")).toList();
      assertThat(
              Files.readAllLines(log.getFirst()).stream().map(line -> line.substring(20)).toList())
          .isEqualTo(
              List.of(
                  "LifecycleEvent - AfterInstall",
                  "Script - a.sh",
                  "[stdout]nobody",
                  "[stdout]read",
                  "[stdout]0"));
    }
  }
}
