package io.kodedeploy.node.traffic;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.json.Json;
import io.kodedeploy.core.store.AtomicFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The node's record on disk, {@code traffic.json} of the state folder. Safe for use by many
 * threads: one lock around the value and its file.
 */
public final class NodeRecordFile {
  private static final int SCHEMA = 1;
  private final Path file;
  private NodeRecord record;

  private NodeRecordFile(Path file, NodeRecord record) {
    this.file = file;
    this.record = record;
  }

  /**
   * Reads the record of a state folder.
   *
   * @throws AgentException {@code STATE_INVALID} when there is one that cannot be read: it says
   *     where this node is registered, so it is never taken for empty
   */
  public static NodeRecordFile open(Path folder) {
    Path file = folder.resolve("traffic.json");
    try {
      return new NodeRecordFile(
          file, AtomicFiles.read(file).map(NodeRecordFile::parse).orElse(NodeRecord.EMPTY));
    } catch (IOException | JacksonException | IllegalArgumentException e) {
      throw new AgentException(
          ErrorCode.STATE_INVALID, "cannot read the node's record " + file + ": " + e, e);
    }
  }

  /** The record as it stands. */
  public synchronized NodeRecord read() {
    return record;
  }

  /** Changes the record, on disk first. */
  public synchronized void update(UnaryOperator<NodeRecord> change) {
    var changed = change.apply(record);
    if (changed.equals(record)) {
      return;
    }
    try {
      AtomicFiles.write(file, text(changed));
    } catch (IOException e) {
      throw new AgentException(ErrorCode.STATE_WRITE_FAILED, "cannot write " + file + ": " + e, e);
    }
    record = changed;
  }

  /** Where it lies. */
  Path file() {
    return file;
  }

  private static NodeRecord parse(String text) {
    JsonNode root = Json.read(text);
    if (root.path("schema").asInt(0) != SCHEMA) {
      throw new IllegalArgumentException(
          "expected schema " + SCHEMA + ", found " + root.path("schema"));
    }
    var applications = new LinkedHashMap<String, NodeRecord.Application>();
    for (var entry : root.path("applications").properties()) {
      JsonNode application = entry.getValue();
      var targets = new ArrayList<NodeRecord.Recorded>();
      for (JsonNode target : application.path("targets")) {
        targets.add(
            new NodeRecord.Recorded(
                new Target(
                    target.required("arn").stringValue(),
                    target.required("group").stringValue(),
                    target.required("port").intValue()),
                target.required("managed").booleanValue()));
      }
      applications.put(
          entry.getKey(),
          new NodeRecord.Application(
              application.required("deploymentGroup").stringValue(),
              application.required("deploymentId").stringValue(),
              targets,
              application.required("serving").booleanValue()));
    }
    return new NodeRecord(applications);
  }

  private static String text(NodeRecord record) {
    var root = Json.object();
    root.put("schema", SCHEMA);
    var applications = root.putObject("applications");
    new TreeMap<>(record.applications())
        .forEach(
            (name, application) -> {
              var node = applications.putObject(name);
              node.put("deploymentGroup", application.deploymentGroup());
              node.put("deploymentId", application.deploymentId());
              node.put("serving", application.serving());
              var targets = node.putArray("targets");
              for (var recorded : application.targets()) {
                targets
                    .addObject()
                    .put("arn", recorded.target().arn())
                    .put("group", recorded.target().group())
                    .put("port", recorded.target().port())
                    .put("managed", recorded.managed());
              }
            });
    return Json.pretty(root) + "\n";
  }
}
