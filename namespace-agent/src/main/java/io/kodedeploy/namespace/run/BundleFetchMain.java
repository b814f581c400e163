package io.kodedeploy.namespace.run;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * {@code kodedeploy-fetch URL SECRET-FOLDER TARGET-FOLDER}: the first container of a Job's pod.
 * Every failure is tried again for five minutes: the agent may be restarting, and its new
 * certificate takes a minute into the mounted Secret. Exit codes: 0 fetched, 1 not, 2 usage.
 */
public final class BundleFetchMain {
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final Duration FIRST = Duration.ofMillis(500);
  private static final Duration LONGEST = Duration.ofSeconds(10);

  private BundleFetchMain() {}

  /** Fetches. */
  public static void main(String[] args) throws InterruptedException {
    System.exit(run(List.of(args)));
  }

  private static int run(List<String> args) throws InterruptedException {
    if (args.size() != 3) {
      System.err.println("usage: kodedeploy-fetch URL SECRET-FOLDER TARGET-FOLDER");
      return 2;
    }
    var fetch =
        new BundleFetch(URI.create(args.get(0)), Path.of(args.get(1)), Path.of(args.get(2)));
    var deadline = System.nanoTime() + LIMIT.toNanos();
    for (var wait = FIRST; ; wait = wait.compareTo(LONGEST) < 0 ? wait.multipliedBy(2) : LONGEST) {
      try {
        fetch.attempt();
        return 0;
      } catch (IOException e) {
        System.err.println("kodedeploy-fetch: " + args.get(0) + ": " + e.getMessage());
        if (System.nanoTime() + wait.toNanos() - deadline > 0) {
          return 1;
        }
      }
      Thread.sleep(wait);
    }
  }
}
