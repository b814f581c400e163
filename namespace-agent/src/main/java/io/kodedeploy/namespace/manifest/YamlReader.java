package io.kodedeploy.namespace.manifest;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.ConstructNode;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.schema.Schema;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Reads the YAML (and so the JSON) of a manifest file into JSON, with anchors and merge keys. */
final class YamlReader {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final Tag PLAIN = new Tag("tag:kodedeploy,plain");
  private static final int MAX_DEPTH = 100;

  /** Aliases may repeat a node; this bounds what a file of a few lines can grow to. */
  private static final int MAX_NODES = 1_000_000;

  private int nodes;

  private YamlReader() {}

  /** Every document of a text that is not empty. */
  static List<YamlDocument> read(String text) throws ManifestSyntaxException {
    var settings =
        LoadSettings.builder()
            .setSchema(new UnresolvedScalars())
            .setCodePointLimit(Integer.MAX_VALUE)
            .setMaxAliasesForCollections(MAX_NODES) // MAX_NODES bounds what they grow to
            .build();
    var documents = new ArrayList<YamlDocument>();
    try {
      for (var root : new Compose(settings).composeAllFromString(text)) {
        var json = new YamlReader().convert(root, 0);
        if (!json.isNull()) {
          documents.add(new YamlDocument(line(root), json));
        }
      }
    } catch (MarkedYamlEngineException e) {
      var line = e.getProblemMark().or(e::getContextMark).map(Mark::getLine).orElse(0) + 1;
      throw new ManifestSyntaxException(line, "not YAML: " + e.getProblem());
    } catch (YamlEngineException e) {
      throw new ManifestSyntaxException(
          1, "not YAML: " + e.getClass().getSimpleName().replace("Exception", ""));
    }
    return documents;
  }

  private JsonNode convert(Node node, int depth) throws ManifestSyntaxException {
    nodes++;
    if (depth > MAX_DEPTH || nodes > MAX_NODES) {
      throw new ManifestSyntaxException(line(node), "nested too deep or grown too large");
    }
    return switch (node) {
      case MappingNode mapping -> mapping(mapping, depth);
      case SequenceNode sequence -> {
        var array = JSON.arrayNode();
        for (var item : sequence.getValue()) {
          array.add(convert(item, depth + 1));
        }
        yield array;
      }
      case ScalarNode scalar -> scalar(scalar);
      default -> throw new ManifestSyntaxException(line(node), "an alias without its anchor");
    };
  }

  private ObjectNode mapping(MappingNode node, int depth) throws ManifestSyntaxException {
    var own = JSON.objectNode();
    var merged = new ArrayList<ObjectNode>();
    for (NodeTuple pair : node.getValue()) {
      if (!(pair.getKeyNode() instanceof ScalarNode key)) {
        throw new ManifestSyntaxException(line(pair.getKeyNode()), "a key must be a plain text");
      }
      if (key.isPlain() && key.getValue().equals("<<")) {
        merge(pair.getValueNode(), depth, merged);
      } else if (own.has(key.getValue())) {
        throw new ManifestSyntaxException(line(key), "key \"" + key.getValue() + "\" stands twice");
      } else {
        own.set(key.getValue(), convert(pair.getValueNode(), depth + 1));
      }
    }
    for (var source : merged) {
      for (var entry : source.properties()) {
        if (!own.has(entry.getKey())) {
          own.set(entry.getKey(), entry.getValue());
        }
      }
    }
    return own;
  }

  private void merge(Node value, int depth, List<ObjectNode> merged)
      throws ManifestSyntaxException {
    switch (value) {
      case MappingNode mapping -> merged.add(mapping(mapping, depth + 1));
      case SequenceNode sequence -> {
        for (var item : sequence.getValue()) {
          merge(item, depth + 1, merged);
        }
      }
      default -> throw new ManifestSyntaxException(line(value), "<< needs a mapping");
    }
  }

  private static JsonNode scalar(ScalarNode node) throws ManifestSyntaxException {
    var tag = node.getTag();
    if (tag.equals(Tag.STR)) {
      return JSON.stringNode(node.getValue());
    }
    if (tag.equals(PLAIN)
        || tag.equals(Tag.INT)
        || tag.equals(Tag.FLOAT)
        || tag.equals(Tag.BOOL)
        || tag.equals(Tag.NULL)) {
      return PlainScalar.resolve(node.getValue())
          .orElseThrow(
              () -> new ManifestSyntaxException(line(node), "JSON has no such number as this"));
    }
    throw new ManifestSyntaxException(line(node), "the tag " + tag.getValue() + " is not known");
  }

  private static int line(Node node) {
    return node.getStartMark().map(Mark::getLine).orElse(0) + 1;
  }

  /** Leaves scalars without quotes to {@link PlainScalar}. */
  private static final class UnresolvedScalars implements Schema {
    @Override
    public ScalarResolver getScalarResolver() {
      return (_, implicit) -> implicit ? PLAIN : Tag.STR;
    }

    @Override
    public Map<Tag, ConstructNode> getSchemaTagConstructors() {
      return Map.of();
    }
  }

  /** The text of a member, when it is a text and not empty. */
  static Optional<String> text(JsonNode node, String member) {
    var value = node.path(member);
    return value.isString()
        ? Optional.of(value.asString()).filter(text -> !text.isBlank())
        : Optional.empty();
  }
}
