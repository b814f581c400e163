package io.kodedeploy.core.spec;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A value of the AppSpec's {@code kodedeploy} section that knows where it stands. Every refusal is
 * an {@link AgentException} with {@link ErrorCode#APPSPEC_INVALID} that names file, line and key:
 * {@code appspec.yml:12: kodedeploy.apply[0].wait: expected a duration such as 5m, found "soon"}.
 */
public final class SpecNode {
  private static final Pattern DURATION =
      Pattern.compile("(?:(\\d{1,9})h)?(?:(\\d{1,9})m)?(?:(\\d{1,9})s)?");

  private final String file;
  private final String keyPath;
  private final Node node;

  SpecNode(String file, String keyPath, Node node) {
    this.file = file;
    this.keyPath = keyPath;
    this.node = node;
  }

  /** A mapping whose every key is one of these; others, and a key given twice, are refused. */
  public Mapping asMapping(String... allowedKeys) {
    if (!(node instanceof MappingNode mapping)) {
      throw expected("a mapping");
    }
    var allowed = Set.of(allowedKeys);
    var entries = new LinkedHashMap<String, SpecNode>();
    for (var tuple : mapping.getValue()) {
      var key = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
      var value = new SpecNode(file, keyPath + "." + key, tuple.getValueNode());
      if (!allowed.contains(key)) {
        throw new SpecNode(file, keyPath + "." + key, tuple.getKeyNode())
            .error("unknown key; known are " + String.join(", ", allowedKeys));
      }
      if (entries.put(key, value) != null) {
        throw new SpecNode(file, keyPath + "." + key, tuple.getKeyNode()).error("given twice");
      }
    }
    return new Mapping(this, entries);
  }

  /** A mapping whose keys are free, such as names of variables; one given twice is refused. */
  public Map<String, SpecNode> asEntries() {
    if (!(node instanceof MappingNode mapping)) {
      throw expected("a mapping");
    }
    var entries = new LinkedHashMap<String, SpecNode>();
    for (var tuple : mapping.getValue()) {
      var key = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "";
      var value = new SpecNode(file, keyPath + "." + key, tuple.getValueNode());
      if (key.isBlank()) {
        throw value.error("a key must be text");
      }
      if (entries.put(key, value) != null) {
        throw new SpecNode(file, keyPath + "." + key, tuple.getKeyNode()).error("given twice");
      }
    }
    return entries;
  }

  /** The elements of a list. */
  public List<SpecNode> asList() {
    if (!(node instanceof SequenceNode sequence)) {
      throw expected("a list");
    }
    var elements = new ArrayList<SpecNode>();
    for (var element : sequence.getValue()) {
      elements.add(new SpecNode(file, keyPath + "[" + elements.size() + "]", element));
    }
    return List.copyOf(elements);
  }

  /** Text that is not blank. Numbers and booleans have to be quoted. */
  public String asText() {
    if (!(node instanceof ScalarNode scalar) || !scalar.getTag().equals(Tag.STR)) {
      throw expected("text");
    }
    if (scalar.getValue().isBlank()) {
      throw error("must not be empty");
    }
    return withoutNul(scalar.getValue());
  }

  public boolean asBoolean() {
    return Yaml11.bool(node).orElseThrow(() -> expected("true or false"));
  }

  /** A whole number. */
  public int asInteger() {
    return asInteger(Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  /** A whole number between two bounds, both included. */
  public int asInteger(int least, int most) {
    var value = Yaml11.integer(node).orElseThrow(() -> expected("a whole number"));
    if (value.bitLength() > 31 || value.intValue() < least || value.intValue() > most) {
      throw expected("a whole number from " + least + " to " + most);
    }
    return value.intValue();
  }

  /** A duration such as {@code 90s}, {@code 5m}, {@code 1h} or {@code 1h30m}; zero is possible. */
  public Duration asDuration() {
    var text = node instanceof ScalarNode scalar ? scalar.getValue() : "";
    var parts = DURATION.matcher(text);
    if (text.isEmpty() || !parts.matches()) {
      throw expected("a duration such as 5m");
    }
    return Duration.ofHours(number(parts.group(1)))
        .plusMinutes(number(parts.group(2)))
        .plusSeconds(number(parts.group(3)));
  }

  /** Whether the value is a mapping. */
  public boolean isMapping() {
    return node instanceof MappingNode;
  }

  /** Whether the value is a list. */
  public boolean isList() {
    return node instanceof SequenceNode;
  }

  /** File, line and key path, as every error begins. */
  public String position() {
    var line = node.getStartMark().map(mark -> ":" + (mark.getLine() + 1)).orElse("");
    return file + line + (keyPath.isEmpty() ? "" : ": " + keyPath);
  }

  /** A refusal of this value, for whoever knows more than its type. */
  public AgentException error(String problem) {
    return new AgentException(ErrorCode.APPSPEC_INVALID, position() + ": " + problem);
  }

  /** Whether there is no value. */
  boolean isNull() {
    return Yaml11.isNull(node);
  }

  /** Whether this is a boolean of that value. */
  boolean is(boolean value) {
    return Yaml11.bool(node).equals(Optional.of(value));
  }

  Node node() {
    return node;
  }

  /** The text of a scalar as it was written, whatever its type; may be empty. */
  public String literal() {
    if (!(node instanceof ScalarNode scalar)) {
      throw expected("text");
    }
    return withoutNul(scalar.getValue());
  }

  private String withoutNul(String text) {
    if (text.indexOf('\0') >= 0) {
      throw error("must not contain the character NUL");
    }
    return text;
  }

  /** What a mapping holds, any keys; the last of equal ones, and no key without a value. */
  Map<String, SpecNode> members() {
    if (!(node instanceof MappingNode mapping)) {
      throw expected("a mapping");
    }
    var members = new LinkedHashMap<String, SpecNode>();
    for (var tuple : mapping.getValue()) {
      if (tuple.getKeyNode() instanceof ScalarNode key) {
        var path = keyPath.isEmpty() ? key.getValue() : keyPath + "." + key.getValue();
        var value = new SpecNode(file, path, tuple.getValueNode());
        members.remove(key.getValue());
        if (!value.isNull()) {
          members.put(key.getValue(), value);
        }
      }
    }
    return members;
  }

  AgentException expected(String what) {
    return error("expected " + what + ", found " + found());
  }

  private String found() {
    return switch (node) {
      case MappingNode _ -> "a mapping";
      case SequenceNode _ -> "a list";
      case ScalarNode scalar when Yaml11.isNull(scalar) -> "nothing";
      case ScalarNode scalar when scalar.getTag().equals(Tag.STR) -> '"' + scalar.getValue() + '"';
      case ScalarNode scalar -> scalar.getValue();
      default -> "something else";
    };
  }

  private static long number(String digits) {
    return digits == null ? 0 : Long.parseLong(digits);
  }

  @Override
  public String toString() {
    return position();
  }

  /** A mapping of the section, its keys already checked. */
  public static final class Mapping {
    private final SpecNode node;
    private final Map<String, SpecNode> entries;

    private Mapping(SpecNode node, Map<String, SpecNode> entries) {
      this.node = node;
      this.entries = entries;
    }

    /** The mapping itself, to report an error about it. */
    public SpecNode node() {
      return node;
    }

    /** The value of a key, if the key is there. */
    public Optional<SpecNode> optional(String key) {
      return Optional.ofNullable(entries.get(key));
    }

    /** The value of a key that must be there. */
    public SpecNode required(String key) {
      return optional(key).orElseThrow(() -> node.error("needs the key " + key));
    }
  }
}
