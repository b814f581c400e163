package io.kodedeploy.cli.options;

import io.kodedeploy.cli.console.CliException;
import io.kodedeploy.cli.console.ExitCode;
import io.kodedeploy.cli.console.Problem;
import io.kodedeploy.core.config.YamlDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** {@code kode.yaml} in the working directory: defaults for the flags of the same names. */
public final class KodeYaml implements IDefaultValueProvider {
  private static final List<String> KEYS = List.of("bucket", "application", "environment");

  private final Path file;
  private @Nullable Map<String, String> values;

  /** The file is read when a flag is first missing. */
  public KodeYaml(Path workingDirectory) {
    this.file = workingDirectory.resolve("kode.yaml");
  }

  @Override
  public @Nullable String defaultValue(ArgSpec argument) {
    if (!(argument instanceof OptionSpec option)) {
      return null;
    }
    String key = option.longestName().replaceFirst("^-+", "");
    return KEYS.contains(key) ? values().get(key) : null;
  }

  private synchronized Map<String, String> values() {
    if (values == null) {
      values = read();
    }
    return values;
  }

  private Map<String, String> read() {
    String text;
    try {
      text = Files.readString(file);
    } catch (NoSuchFileException _) {
      return Map.of();
    } catch (IOException e) {
      throw invalid("it cannot be read: " + e).because(e);
    }
    Map<String, @Nullable Object> mapping;
    try {
      var found = YamlDocument.mapping(text);
      if (found.isEmpty() && !text.isBlank()) {
        throw invalid("expected a mapping such as \"bucket: my-bundles\"");
      }
      mapping = found.orElse(Map.of());
    } catch (IllegalArgumentException e) {
      throw invalid("it is no YAML: " + e.getMessage()).because(e);
    }
    var result = new LinkedHashMap<String, String>();
    mapping.forEach(
        (key, value) -> {
          if (!KEYS.contains(key)) {
            throw invalid("unknown key \"" + key + "\"; known are " + String.join(", ", KEYS));
          }
          if (value == null || value instanceof Map || value instanceof List) {
            throw invalid("key " + key + " must be a text, found " + value);
          }
          result.put(key, value.toString());
        });
    return result;
  }

  private CliException invalid(String what) {
    return new CliException(
            Problem.CONFIG_FILE_INVALID,
            file + ": " + what + ".",
            "correct the file or move it away.")
        .exitCode(ExitCode.USAGE);
  }
}
