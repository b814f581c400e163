package io.kodedeploy.cli.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** One entry of a case file. A key that its runner does not read fails the case. */
public final class ConformanceCase {
  private final Map<?, ?> members;
  private final Set<String> read = new HashSet<>(Set.of("id", "title"));

  private ConformanceCase(Map<?, ?> members) {
    this.members = members;
  }

  /** Runs a case. */
  public interface Runner {
    void run(ConformanceCase given) throws Exception;
  }

  /** One test a case of {@code conformance/FILE}. */
  public static Stream<DynamicTest> of(String file, Runner runner) {
    return all(file)
        .map(
            given ->
                DynamicTest.dynamicTest(
                    given.toString(),
                    () -> {
                      runner.run(given);
                      var unread = new HashSet<>(given.members.keySet());
                      unread.removeAll(given.read);
                      assertThat(unread).as("keys of the case that nothing read").isEmpty();
                    }));
  }

  private static Stream<ConformanceCase> all(String file) {
    try (var input = ConformanceCase.class.getResourceAsStream("/conformance/" + file)) {
      var entries = (List<?>) new Load(LoadSettings.builder().build()).loadFromInputStream(input);
      return entries.stream()
          .map(entry -> new ConformanceCase((Map<?, ?>) entry))
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Optional<Object> value(String key) {
    read.add(key);
    return Optional.ofNullable(members.get(key));
  }

  public boolean has(String key) {
    return value(key).isPresent();
  }

  public Optional<String> text(String key) {
    return value(key).map(String::valueOf);
  }

  /** A list of texts; one text counts as a list. */
  public List<String> texts(String key) {
    var texts = new ArrayList<String>();
    value(key)
        .ifPresent(
            value -> {
              if (value instanceof List<?> list) {
                list.forEach(element -> texts.add(String.valueOf(element)));
              } else {
                texts.add(String.valueOf(value));
              }
            });
    return texts;
  }

  /** A mapping of texts; empty when it is not there. */
  public Map<String, String> texted(String key) {
    var map = new LinkedHashMap<String, String>();
    value(key)
        .ifPresent(
            value ->
                ((Map<?, ?>) value).forEach((k, v) -> map.put(k.toString(), String.valueOf(v))));
    return map;
  }

  @Override
  public String toString() {
    return members.get("id")
        + Optional.ofNullable(members.get("title")).map(title -> ": " + title).orElse("");
  }
}
