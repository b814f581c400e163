package io.kodedeploy.namespace.manifest;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Turns the files of a bundle into objects; collects every problem and throws once. */
public final class ManifestReader {
  private static final int MAX_SHOWN = 20;

  /**
   * Size of one object as JSON. etcd refuses requests above 1.5 MiB (1,572,864 bytes), and does so
   * only when the object is written, too late for a dry run; the rest is for the server's own data.
   */
  private static final int MAX_BYTES = 1_500_000;

  /** Written by servers only; a manifest saved from a cluster may carry them. */
  private static final List<String> SERVER_METADATA =
      List.of(
          "managedFields",
          "resourceVersion",
          "uid",
          "creationTimestamp",
          "generation",
          "selfLink",
          "deletionTimestamp",
          "deletionGracePeriodSeconds");

  private final String namespace;
  private final List<String> problems = new ArrayList<>();
  private final Map<ObjectKey, ManifestObject> objects = new HashMap<>();
  private final List<ManifestObject> inOrder = new ArrayList<>();

  private ManifestReader(String namespace) {
    this.namespace = namespace;
  }

  /**
   * Reads every object, in the order of the files.
   *
   * @throws AgentException {@code manifest-invalid} with file and line of everything that is wrong,
   *     and when there is no object at all
   */
  public static List<ManifestObject> read(List<ManifestFile> files, String namespace) {
    var reader = new ManifestReader(namespace);
    files.forEach(reader::file);
    if (reader.problems.isEmpty() && reader.inOrder.isEmpty()) {
      throw new AgentException(
          ErrorCode.MANIFEST_INVALID,
          "no object in "
              + (files.isEmpty()
                  ? "the path: it has no .yaml, .yml or .json file"
                  : String.join(", ", files.stream().map(ManifestFile::name).toList())));
    }
    reader.throwIfAny();
    return List.copyOf(reader.inOrder);
  }

  /** The one error that lists what was found, or nothing. */
  public static void throwIfAny(List<String> problems) {
    throwIfAny(ErrorCode.MANIFEST_INVALID, problems);
  }

  /** The same with a code of its own. */
  static void throwIfAny(ErrorCode code, List<String> problems) {
    if (problems.isEmpty()) {
      return;
    }
    var shown = new ArrayList<>(problems.subList(0, Math.min(MAX_SHOWN, problems.size())));
    if (problems.size() > MAX_SHOWN) {
      shown.add("and " + (problems.size() - MAX_SHOWN) + " more");
    }
    throw new AgentException(code, String.join("\n", shown));
  }

  private void throwIfAny() {
    throwIfAny(problems);
  }

  private void file(ManifestFile file) {
    try {
      for (var document : YamlReader.read(file.text())) {
        object(document.json(), new Position(file.name(), document.line()), "");
      }
    } catch (ManifestSyntaxException e) {
      problems.add(new Position(file.name(), e.line()) + ": " + e.getMessage());
    }
  }

  private void object(JsonNode json, Position position, String inside) {
    if (!(json instanceof ObjectNode object)) {
      problems.add(position + ": " + inside + "expected an object with apiVersion and kind");
      return;
    }
    var apiVersion = YamlReader.text(object, "apiVersion").orElse("");
    var kind = YamlReader.text(object, "kind").orElse("");
    if (apiVersion.isEmpty() || kind.isEmpty()) {
      problems.add(
          position + ": " + inside + "missing " + (apiVersion.isEmpty() ? "apiVersion" : "kind"));
      return;
    }
    if (kind.endsWith("List") && object.has("items")) {
      var items = object.path("items");
      if (!items.isArray()) {
        problems.add(position + ": " + kind + ": items must be a list");
        return;
      }
      for (var index = 0; index < items.size(); index++) {
        object(items.get(index), position, inside + kind + ".items[" + index + "]: ");
      }
      return;
    }
    var metadata = object.get("metadata") instanceof ObjectNode node ? node : null;
    var name = metadata == null ? "" : YamlReader.text(metadata, "name").orElse("");
    if (metadata == null || name.isEmpty()) {
      problems.add(
          position
              + ": "
              + inside
              + kind
              + ": missing metadata.name"
              + (metadata != null && metadata.has("generateName")
                  ? "; generateName makes a new object at every deployment and is not supported"
                  : ""));
      return;
    }
    var written = metadata.get("namespace");
    if (written != null
        && !written.isNull()
        && !(written.isString() && written.asString().equals(namespace))) {
      problems.add(
          position
              + ": "
              + inside
              + kind
              + "/"
              + name
              + ": namespace \""
              + written.asString()
              + "\", but this agent serves only \""
              + namespace
              + "\"");
      return;
    }
    var key = ObjectKey.of(apiVersion, kind, namespace, name);
    var wrong = ObjectOptions.problems(object);
    if (key.group().isEmpty() && kind.equals("Secret")) {
      wrong.addAll(SecretData.problems(object));
    }
    wrong.forEach(problem -> problems.add(position + ": " + key + ": " + problem));
    if (wrong.isEmpty()) {
      add(new ManifestObject(key, apiVersion, desired(object), position));
    }
  }

  private ObjectNode desired(ObjectNode object) {
    var copy = object.deepCopy();
    copy.remove("status");
    var metadata = (ObjectNode) copy.get("metadata");
    metadata.remove(SERVER_METADATA);
    metadata.put("namespace", namespace);
    return copy;
  }

  private void add(ManifestObject object) {
    var before = objects.putIfAbsent(object.key(), object);
    var size = object.json().toString().getBytes(StandardCharsets.UTF_8).length;
    if (size > MAX_BYTES) {
      problems.add(
          object.position()
              + ": "
              + object.key()
              + " has "
              + size
              + " bytes, an API server takes at most "
              + MAX_BYTES);
    } else if (before != null) {
      problems.add(
          object.position() + ": " + object.key() + " stands twice, first at " + before.position());
    } else {
      inOrder.add(object);
    }
  }
}
