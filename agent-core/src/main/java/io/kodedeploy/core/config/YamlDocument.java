package io.kodedeploy.core.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.schema.CoreSchema;
import org.snakeyaml.engine.v2.schema.FailsafeSchema;
import org.snakeyaml.engine.v2.schema.Schema;

/** One YAML mapping of a settings file, read without object construction. */
public final class YamlDocument {
  private static final int MOST_CHARACTERS = 1 << 20;
  private static final int DEEPEST = 64;

  private YamlDocument() {}

  /**
   * The mapping of a text, keys as text without a leading colon; a later entry wins over an earlier
   * one.
   *
   * @return empty when the text is no mapping, an empty document included
   * @throws IllegalArgumentException when the text is no YAML; the message says where
   */
  public static Optional<Map<String, @Nullable Object>> mapping(String text) {
    return mapping(text, new CoreSchema());
  }

  /** As above, with every value as it is written: a key of digits stays what it is. */
  public static Optional<Map<String, @Nullable Object>> texts(String text) {
    return mapping(text, new FailsafeSchema());
  }

  private static Optional<Map<String, @Nullable Object>> mapping(String text, Schema schema) {
    Object document;
    try {
      var settings =
          LoadSettings.builder()
              .setSchema(schema)
              .setAllowDuplicateKeys(true)
              .setMaxAliasesForCollections(10)
              .build();
      if (!isMapping(text, settings)) {
        return Optional.empty();
      }
      var documents = new Load(settings).loadAllFromString(text).iterator();
      if (!documents.hasNext()) {
        return Optional.empty();
      }
      document = documents.next();
    } catch (YamlEngineException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    if (!(document instanceof Map<?, ?> map)) {
      return Optional.empty();
    }
    var result = new LinkedHashMap<String, @Nullable Object>();
    map.forEach(
        (key, value) -> {
          String name = String.valueOf(key);
          name = name.startsWith(":") ? name.substring(1) : name;
          result.remove(name);
          result.put(name, value);
        });
    return Optional.of(result);
  }

  /**
   * Whether the first document is a mapping. Loading is recursive, parsing is not: so the depth is
   * known before the stack is used.
   */
  private static boolean isMapping(String text, LoadSettings settings) {
    if (text.length() > MOST_CHARACTERS) {
      throw new IllegalArgumentException("longer than " + MOST_CHARACTERS + " characters");
    }
    int depth = 0;
    int events = 0;
    boolean mapping = false;
    for (var event : new Parse(settings).parseString(text)) {
      if (++events == 3) { // after the beginnings of stream and document
        mapping = event instanceof MappingStartEvent;
      }
      if (event instanceof CollectionStartEvent && ++depth > DEEPEST) {
        throw new IllegalArgumentException("nested deeper than " + DEEPEST + " levels");
      } else if (event instanceof CollectionEndEvent) {
        depth--;
      }
    }
    return mapping;
  }
}
