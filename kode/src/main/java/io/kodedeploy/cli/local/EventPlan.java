package io.kodedeploy.cli.local;

import io.kodedeploy.core.command.LifecycleEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which events are carried out, in which order (host-agent.md 12.2, 12.3).
 *
 * @param asked what {@code --events} names; empty for the eleven of a deployment
 */
record EventPlan(List<String> asked) {
  private static final String DOWNLOAD = LifecycleEvent.DOWNLOAD_BUNDLE.name();
  private static final String INSTALL = LifecycleEvent.INSTALL.name();

  /** What needs an installed revision. */
  private static final Set<String> AFTER =
      Set.of(
          "AfterInstall",
          "ApplicationStart",
          "BeforeAllowTraffic",
          "AfterAllowTraffic",
          "ValidateService");

  private static final String BEFORE_DOWNLOAD =
      "BeforeBlockTraffic,AfterBlockTraffic,ApplicationStop";

  EventPlan {
    asked = List.copyOf(asked);
  }

  /** The list as it is written: split at commas, nothing trimmed. */
  static EventPlan of(Optional<String> list) {
    return new EventPlan(list.map(text -> List.of(text.split(","))).orElse(List.of()));
  }

  /**
   * Refuses an order that cannot work.
   *
   * @throws LocalRefused naming the events that may stand before
   */
  void check() {
    refuse(DOWNLOAD, BEFORE_DOWNLOAD, name -> AFTER.contains(name) || name.equals(INSTALL));
    refuse(INSTALL, BEFORE_DOWNLOAD + ",DownloadBundle,BeforeInstall", AFTER::contains);
  }

  private void refuse(
      String event, String allowed, java.util.function.Predicate<String> needsItFirst) {
    int at = asked.indexOf(event);
    if (at > 0 && asked.subList(0, at).stream().anyMatch(needsItFirst)) {
      throw new LocalRefused(
          "The only events that can be specified before "
              + event
              + " are "
              + allowed
              + ". Please fix the order of your specified events: "
              + String.join(",", asked));
    }
  }

  /** The events in the order in which they run; DownloadBundle and Install are always there. */
  List<LifecycleEvent> events() {
    if (asked.isEmpty()) {
      return LifecycleEvent.IN_ORDER;
    }
    var names = new ArrayList<String>();
    for (var needed : List.of(DOWNLOAD, INSTALL)) {
      if (!asked.contains(needed)) {
        names.add(needed);
      }
    }
    names.addAll(asked);
    int download = names.indexOf(DOWNLOAD);
    int install = names.indexOf(INSTALL);
    if (install < download) {
      names.set(install, DOWNLOAD);
      names.set(download, INSTALL);
    }
    return names.stream().map(LifecycleEvent::of).toList();
  }

  /** The eleven and what was asked for: an event of neither must have hooks in the AppSpec. */
  List<String> possible() {
    var names =
        new ArrayList<>(LifecycleEvent.IN_ORDER.stream().map(LifecycleEvent::name).toList());
    asked.stream().filter(name -> !names.contains(name)).forEach(names::add);
    return names;
  }
}
