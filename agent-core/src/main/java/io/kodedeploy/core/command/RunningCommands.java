package io.kodedeploy.core.command;

import io.kodedeploy.core.command.HostStatus.Running;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What is being executed now, for the status. Safe for many threads. */
final class RunningCommands {
  private final InstantSource clock;
  private final Map<String, Entry> entries = new ConcurrentHashMap<>();

  private record Entry(CommandInfo info, Instant since) {}

  RunningCommands(InstantSource clock) {
    this.clock = clock;
  }

  /** A command whose execution ends when this is closed. */
  interface Begun extends AutoCloseable {
    @Override
    void close();
  }

  Begun begin(CommandInfo info) {
    entries.put(info.id(), new Entry(info, clock.instant()));
    return () -> entries.remove(info.id());
  }

  List<Running> now() {
    return entries.values().stream()
        .sorted(Comparator.comparing(Entry::since))
        .map(
            entry ->
                new Running(
                    entry.info.event().name(),
                    entry.info.spec().deploymentId(),
                    entry.info.spec().applicationName(),
                    entry.info.spec().deploymentGroupName(),
                    entry.since))
        .toList();
  }
}
