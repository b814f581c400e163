package io.kodedeploy.core.command;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.spec.DeploymentSpec;
import io.kodedeploy.core.spec.DeploymentSpecReader;
import io.kodedeploy.core.spec.DeploymentSpecText;
import io.kodedeploy.core.store.DeploymentMarkers;
import io.kodedeploy.core.store.DeploymentPaths;
import io.kodedeploy.core.store.DurableNotes;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings back what a lost disk held: which revision of a deployment group was installed last and
 * which was fetched last, their archives, fetched again by revision and ETag, and what the
 * installed one had installed. Without durable notes, or with the disk still there, it does
 * nothing. Called by one thread of a group at a time.
 */
final class Restoration {
  private static final Logger log = LoggerFactory.getLogger(Restoration.class);
  private static final String INSTALLED = "installed.";
  private static final String DOWNLOADED = "downloaded.";

  private final Optional<DurableNotes> notes;
  private final DeploymentMarkers markers;
  private final BuiltInEvents builtIn;
  private final Map<String, String> known = new ConcurrentHashMap<>();

  Restoration(Optional<DurableNotes> notes, DeploymentPaths paths, BuiltInEvents builtIn) {
    this.notes = notes;
    this.markers = new DeploymentMarkers(paths);
    this.builtIn = builtIn;
  }

  /** Takes over what a dead agent noted. */
  void load(Map<String, String> all) {
    all.forEach(
        (name, text) -> {
          if (name.startsWith(INSTALLED) || name.startsWith(DOWNLOADED)) {
            known.put(name, text);
          }
        });
  }

  /** After DownloadBundle. */
  void downloaded(DeploymentSpec spec) throws InterruptedException {
    note(DOWNLOADED, spec);
  }

  /** After Install. */
  void installed(DeploymentSpec spec) throws InterruptedException {
    note(INSTALLED, spec);
  }

  private void note(String prefix, DeploymentSpec spec) throws InterruptedException {
    if (notes.isPresent()) {
      var name = prefix + Names.digest(spec.deploymentGroupId());
      var text = DeploymentSpecText.of(spec);
      notes.get().put(name, text);
      known.put(name, text);
    }
  }

  /**
   * Before an event of the group is looked at. What cannot be had any more is said and left out.
   */
  void restore(String groupId) throws InterruptedException {
    if (known.isEmpty() || markers.mostRecentInstall(groupId).isPresent()) {
      return;
    }
    var digest = Names.digest(groupId);
    var installed = noted(INSTALLED + digest);
    var downloaded = noted(DOWNLOADED + digest);
    if (installed.isPresent()) {
      bringBack(installed.get(), true);
    }
    if (downloaded.isPresent() && !downloaded.equals(installed)) {
      bringBack(downloaded.get(), false);
    }
  }

  /** Tried once in the life of a process. */
  private Optional<DeploymentSpec> noted(String name) {
    return Optional.ofNullable(known.remove(name)).map(DeploymentSpecReader::readUnsigned);
  }

  private void bringBack(DeploymentSpec spec, boolean install) throws InterruptedException {
    try {
      builtIn.downloadBundle(spec);
      if (install) {
        builtIn.install(spec);
      }
      log.atWarn()
          .addKeyValue("deploymentId", spec.deploymentId())
          .addKeyValue("installed", install)
          .log("a revision that was lost with the disk is back");
    } catch (AgentException e) {
      log.atError()
          .setCause(e)
          .addKeyValue("code", e.code().id())
          .addKeyValue("deploymentId", spec.deploymentId())
          .log("a revision that was lost with the disk cannot be had any more");
    }
  }
}
