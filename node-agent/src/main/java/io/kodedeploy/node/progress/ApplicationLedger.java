package io.kodedeploy.node.progress;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.json.Json;
import io.kodedeploy.core.store.AtomicFiles;
import io.kodedeploy.node.progress.ApplicationState.Carried;
import io.kodedeploy.node.progress.ApplicationState.Stage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Every application of the node, on disk as {@code applications.json}. It informs and decides
 * nothing, so an unreadable file is replaced, and a write that fails is logged. Safe for use by
 * many threads: one lock.
 */
public final class ApplicationLedger {
  private static final Logger log = LoggerFactory.getLogger(ApplicationLedger.class);
  private final Path file;
  private final Map<String, ApplicationState> applications = new TreeMap<>();

  private ApplicationLedger(Path file) {
    this.file = file;
  }

  /** Reads the ledger of a state folder. */
  public static ApplicationLedger open(Path folder) {
    var ledger = new ApplicationLedger(folder.resolve("applications.json"));
    try {
      AtomicFiles.read(ledger.file).ifPresent(ledger::load);
    } catch (IOException | JacksonException | IllegalArgumentException e) {
      log.atWarn()
          .setCause(e)
          .addKeyValue("file", ledger.file)
          .addKeyValue("code", ErrorCode.STATE_INVALID.id())
          .log("the list of applications cannot be read and begins anew");
      ledger.applications.clear();
    }
    return ledger;
  }

  /** A copy, by name. */
  public synchronized Map<String, ApplicationState> read() {
    return new TreeMap<>(applications);
  }

  synchronized void update(String name, UnaryOperator<Optional<ApplicationState>> change) {
    var before = Optional.ofNullable(applications.get(name));
    var after = change.apply(before);
    if (after.equals(before)) {
      return;
    }
    after.ifPresentOrElse(a -> applications.put(name, a), () -> applications.remove(name));
    try {
      AtomicFiles.write(file, text());
    } catch (IOException e) {
      var problem =
          new AgentException(ErrorCode.STATE_WRITE_FAILED, "cannot write " + file + ": " + e, e);
      log.atError()
          .setCause(problem)
          .addKeyValue("code", problem.code().id())
          .log("the list of applications cannot be written");
    }
  }

  private void load(String text) {
    for (var entry : Json.read(text).required("applications").properties()) {
      JsonNode node = entry.getValue();
      applications.put(
          entry.getKey(),
          new ApplicationState(
              node.required("deploymentGroup").stringValue(),
              carried(node.required("wanted")),
              node.has("installed")
                  ? Optional.of(carried(node.required("installed")))
                  : Optional.empty(),
              Stage.valueOf(node.required("stage").stringValue()),
              node.required("reason").stringValue(),
              node.required("remedy").stringValue(),
              Instant.parse(node.required("since").stringValue())));
    }
  }

  private static Carried carried(JsonNode node) {
    return new Carried(
        node.required("deploymentId").stringValue(), node.required("revision").stringValue());
  }

  private String text() {
    var root = Json.object();
    root.put("schema", 1);
    var all = root.putObject("applications");
    applications.forEach(
        (name, state) -> {
          var node = all.putObject(name);
          node.put("deploymentGroup", state.deploymentGroup());
          put(node.putObject("wanted"), state.wanted());
          state.installed().ifPresent(i -> put(node.putObject("installed"), i));
          node.put("stage", state.stage().name());
          node.put("reason", state.reason());
          node.put("remedy", state.remedy());
          node.put("since", state.since().toString());
        });
    return Json.pretty(root) + "\n";
  }

  private static void put(ObjectNode node, Carried carried) {
    node.put("deploymentId", carried.deploymentId());
    node.put("revision", carried.revision());
  }
}
