package io.kodedeploy.namespace.catchup;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/**
 * The groups of an account as one agent read them, in the form in which they are shared.
 *
 * @param at when the reading began
 */
record GroupList(Instant at, List<GroupState> groups) {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String AT = "at";
  private static final String GROUPS = "groups";

  /** Unpacked; what is longer was not written by an agent. */
  private static final int MOST_BYTES = 64 << 20;

  GroupList {
    groups = List.copyOf(groups);
  }

  /** The data of a ConfigMap: the time, and the groups as gzip in base64. */
  Map<String, String> data() {
    var array = JSON.createArrayNode();
    for (var group : groups) {
      var node = array.addObject().put("a", group.application()).put("n", group.name());
      node.put("i", group.id()).put("r", group.running());
      var sets = node.putArray("s");
      group.selection().sets().forEach(set -> rules(set, sets.addArray()));
      rules(group.selection().flat(), node.putArray("f"));
      group
          .lastSuccessful()
          .ifPresent(
              last -> node.putObject("l").put("id", last.id()).put(AT, last.created().toString()));
    }
    try {
      var bytes = new ByteArrayOutputStream();
      try (var gzip = new GZIPOutputStream(bytes)) {
        gzip.write(array.toString().getBytes(UTF_8));
      }
      return Map.of(
          AT, at.toString(), GROUPS, Base64.getEncoder().encodeToString(bytes.toByteArray()));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory
    }
  }

  private static void rules(List<TagRule> rules, ArrayNode into) {
    for (var rule : rules) {
      switch (rule) {
        case TagRule.Key(var key) -> into.addObject().put("k", key);
        case TagRule.Value(var value) -> into.addObject().put("v", value);
        case TagRule.Pair(var key, var value) -> into.addObject().put("k", key).put("v", value);
      }
    }
  }

  /** Reads {@link #data}; nothing when there is none yet or it is damaged. */
  static Optional<GroupList> of(Map<String, String> data) {
    try {
      var at = Instant.parse(data.getOrDefault(AT, ""));
      var packed = Base64.getDecoder().decode(data.getOrDefault(GROUPS, ""));
      byte[] text;
      try (var gzip = new GZIPInputStream(new ByteArrayInputStream(packed))) {
        text = gzip.readNBytes(MOST_BYTES);
      }
      var groups = new ArrayList<GroupState>();
      for (var node : JSON.readTree(text)) {
        var sets = new ArrayList<List<TagRule>>();
        node.path("s").forEach(set -> sets.add(rules(set)));
        var last = node.path("l");
        groups.add(
            new GroupState(
                node.path("a").asString(""),
                node.path("n").asString(""),
                node.path("i").asString(""),
                new TagSelection(sets, rules(node.path("f"))),
                last.isObject()
                    ? Optional.of(
                        new GroupState.Deployment(
                            last.path("id").asString(""),
                            Instant.parse(last.path(AT).asString(""))))
                    : Optional.empty(),
                node.path("r").asBoolean(false)));
      }
      return Optional.of(new GroupList(at, groups));
    } catch (IOException | JacksonException | IllegalArgumentException | DateTimeException e) {
      return Optional.empty();
    }
  }

  private static List<TagRule> rules(JsonNode nodes) {
    var rules = new ArrayList<TagRule>();
    for (var node : nodes) {
      TagRule.of(text(node, "k"), text(node, "v"), Optional.empty()).ifPresent(rules::add);
    }
    return rules;
  }

  private static Optional<String> text(JsonNode node, String member) {
    return Optional.ofNullable(node.get(member)).map(value -> value.asString(""));
  }
}
