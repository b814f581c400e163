package io.kodedeploy.namespace.catchup;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.store.AtomicFiles;
import io.kodedeploy.namespace.cluster.ConfigMaps;
import io.kodedeploy.namespace.manifest.OwnObjects;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is installed, for every application: in memory, in the state folder and, so that it outlives
 * the pod, in the ConfigMap {@code kodedeploy-state}. Safe for many threads.
 */
public final class InstallationStore {
  private static final Logger log = LoggerFactory.getLogger(InstallationStore.class);
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int ATTEMPTS = 3;

  private final ConfigMaps maps;
  private final Path file;
  private final Map<String, Installation> installations = new TreeMap<>();
  private boolean unsaved;
  private boolean loaded;

  /**
   * A store that has read nothing yet.
   *
   * @param file local copy, in the host's state folder
   */
  public InstallationStore(ConfigMaps maps, Path file) {
    this.maps = maps;
    this.file = file;
  }

  /**
   * Reads what is known, once; the newer of cluster and local copy counts.
   *
   * @throws AgentException when the cluster cannot be asked
   */
  public void load() throws InterruptedException {
    synchronized (this) {
      if (loaded) {
        return;
      }
    }
    var stored = maps.read(OwnObjects.STATE);
    synchronized (this) {
      stored
          .map(map -> map.data().values())
          .ifPresent(
              texts -> texts.forEach(text -> Installation.parse(text).ifPresent(this::merge)));
      local().forEach(this::merge);
      loaded = true;
    }
  }

  /** What is known of an application. */
  public synchronized Installation of(String application) {
    return installations.getOrDefault(application, Installation.none(application));
  }

  /** Everything that is known. */
  public synchronized Collection<Installation> all() {
    return java.util.List.copyOf(installations.values());
  }

  /** Changes what is known of an application; the cluster's copy follows with {@link #save}. */
  public synchronized void update(String application, UnaryOperator<Installation> change) {
    var before = of(application);
    var after = change.apply(before);
    if (after.equals(before)) {
      return;
    }
    installations.put(application, after);
    unsaved = true;
    try {
      var root = JSON.createArrayNode();
      installations.values().forEach(installation -> root.add(installation.text()));
      AtomicFiles.write(file, root.toString());
    } catch (IOException e) {
      log.atWarn().setCause(e).addKeyValue("file", file).log("local record cannot be written");
    }
  }

  /**
   * Writes to the cluster what it does not have yet.
   *
   * @throws AgentException when that fails; to be called again
   */
  public void save() throws InterruptedException {
    for (var attempt = 0; attempt < ATTEMPTS; attempt++) {
      var data = new TreeMap<String, String>();
      synchronized (this) {
        if (!unsaved || !loaded) {
          return;
        }
        installations
            .values()
            .forEach(
                one -> data.put(OwnObjects.labelValue(one.application()) + ".json", one.text()));
        unsaved = false;
      }
      var done = false;
      try {
        done =
            maps.write(
                    OwnObjects.STATE,
                    maps.read(OwnObjects.STATE),
                    Map.of("app.kubernetes.io/managed-by", "kodedeploy"),
                    data)
                .isPresent();
      } finally {
        if (!done) {
          synchronized (this) {
            unsaved = true;
          }
        }
      }
      if (done) {
        return;
      }
    }
    log.atWarn().log("record is changed by somebody else, it is written again later");
  }

  private void merge(Installation candidate) {
    var known = installations.get(candidate.application());
    if (known == null || newest(candidate).isAfter(newest(known))) {
      installations.put(candidate.application(), candidate);
    }
  }

  private static Instant newest(Installation installation) {
    var installed = installation.installed().map(Installation.Installed::at).orElse(Instant.EPOCH);
    var failed = installation.failed().map(Installation.Attempt::at).orElse(Instant.EPOCH);
    return installed.isAfter(failed) ? installed : failed;
  }

  private java.util.List<Installation> local() {
    try {
      var text = AtomicFiles.read(file);
      if (text.isEmpty()) {
        return java.util.List.of();
      }
      var found = new java.util.ArrayList<Installation>();
      for (var node : JSON.readTree(text.get())) {
        Optional.of(node.asString("")).flatMap(Installation::parse).ifPresent(found::add);
      }
      return found;
    } catch (IOException | JacksonException e) {
      log.atWarn().setCause(e).addKeyValue("file", file).log("local record cannot be read");
      return java.util.List.of();
    }
  }
}
