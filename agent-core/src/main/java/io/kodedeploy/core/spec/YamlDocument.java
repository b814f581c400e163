package io.kodedeploy.core.spec;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads the first document of a YAML text into nodes, within bounds that a bundle cannot move. */
final class YamlDocument {
  private static final int MOST_BYTES = 1 << 20;
  private static final int MOST_ALIASES = 50;
  private static final int DEEPEST = 64;

  private YamlDocument() {}

  /** The top node, absent when the text holds no document. */
  static Optional<Node> read(String file, byte[] content) {
    var text = decode(file, content);
    var settings =
        LoadSettings.builder()
            .setLabel(file)
            .setSchema(new Yaml11())
            .setAllowDuplicateKeys(true)
            .setMaxAliasesForCollections(MOST_ALIASES)
            .setCodePointLimit(MOST_BYTES)
            .build();
    try {
      checkDepth(file, settings, text);
      var documents = new Compose(settings).composeAllFromString(text).iterator();
      return documents.hasNext() ? Optional.of(documents.next()) : Optional.empty();
    } catch (YamlEngineException e) {
      var oneLine = String.valueOf(e.getMessage()).replaceAll("\\s*\\n\\s*", " ").strip();
      throw refused(file + ": not valid YAML: " + oneLine, e);
    }
  }

  /** Composing is recursive, parsing is not: so the depth is known before the stack is used. */
  private static void checkDepth(String file, LoadSettings settings, String text) {
    var depth = 0;
    for (var event : new Parse(settings).parseString(text)) {
      if (event instanceof CollectionStartEvent && ++depth > DEEPEST) {
        throw refused(file + ": nested deeper than " + DEEPEST + " levels", null);
      } else if (event instanceof CollectionEndEvent) {
        depth--;
      }
    }
  }

  private static String decode(String file, byte[] content) {
    if (content.length > MOST_BYTES) {
      throw refused(file + ": larger than " + MOST_BYTES + " bytes", null);
    }
    try {
      var text = UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
      return text.startsWith("\uFEFF") ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw refused(file + ": not encoded in UTF-8", e);
    }
  }

  private static AgentException refused(String message, @Nullable Throwable cause) {
    return new AgentException(ErrorCode.APPSPEC_INVALID, message, cause);
  }
}
