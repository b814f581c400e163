package io.kodedeploy.simulator.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The case files below {@code conformance/}. */
final class Cases {
  private static final JsonMapper MAPPER = JsonMapper.shared();

  private Cases() {}

  static List<Path> files() {
    try {
      var folder = Path.of(Cases.class.getResource("/conformance").toURI());
      try (var files = Files.list(folder)) {
        return files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList();
      }
    } catch (URISyntaxException | IOException e) {
      throw new IllegalStateException("the cases cannot be listed", e);
    }
  }

  static String id(Path file) {
    return file.getFileName().toString().replace(".yaml", "");
  }

  static JsonNode read(Path file) {
    try {
      return parse(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JsonNode parse(String yaml) {
    var settings = LoadSettings.builder().setAllowDuplicateKeys(false).build();
    return MAPPER.valueToTree(new Load(settings).loadFromString(yaml));
  }
}
