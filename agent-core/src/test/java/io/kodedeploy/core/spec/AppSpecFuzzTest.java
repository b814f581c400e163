package io.kodedeploy.core.spec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.kodedeploy.core.conformance.Mutations;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * AppSpecs that were changed at random, and those that try to take time and memory: each is read or
 * refused with {@code appspec-invalid}. {@code -Djqwik.tries.default=100000} tries more.
 */
class AppSpecFuzzTest {
  private static final Path FILE = Path.of("appspec.yml");
  private static final Path SEEDS = Path.of("src/test/resources/appspecs");
  private static final Duration NEVER = Duration.ofSeconds(60);
  private static final List<byte[]> PIECES =
      Stream.of(
              "*a",
              "&a ",
              "<<: ",
              "- ",
              ": ",
              "? ",
              "!!java.net.URL ",
              "!!binary ",
              "\0",
              "\t",
              "\n",
              "\r",
              "\u2028",
              "\uFEFF",
              "{",
              "[",
              "}",
              "]",
              "|\n",
              ">-\n",
              "'",
              "\"",
              "#",
              "%YAML 1.1\n",
              "---\n",
              "...\n",
              "0x",
              "0b1",
              "1:59",
              ".inf",
              ".nan",
              "1e999999999",
              "0o7",
              "~",
              "null",
              "yes",
              "permissions:\n- object: /a\n  acls: [a:7]\n  mode: 0644\n",
              "hooks: {A: [{location: b, timeout: 99999999999999999999}]}\n",
              "version: ",
              "os: ")
          .map(piece -> piece.getBytes(UTF_8))
          .toList();

  static List<Path> seeds() {
    try (var files = Files.list(SEEDS)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Provide
  Arbitrary<Path> seed() {
    return Arbitraries.of(seeds());
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void everySeedIsAnAppSpec(Path seed) throws Exception {
    assertThat(AppSpecReader.read(seed, Files.readAllBytes(seed)).os()).isEqualTo("linux");
  }

  @Property
  void readsOrRefusesWhatWasChanged(@ForAll("seed") Path seed, @ForAll long change)
      throws Exception {
    readOrRefuse(Mutations.of(Files.readAllBytes(seed), change, PIECES));
  }

  @Property
  void readsOrRefusesAnyBytes(@ForAll byte[] content) {
    readOrRefuse(content);
  }

  @Property
  void readsOrRefusesAnyScalar(@ForAll String scalar) {
    for (var key : List.of("version: %s\nos: linux", "version: 0.0\nos: %s")) {
      readOrRefuse(key.formatted(scalar).getBytes(UTF_8));
    }
    readOrRefuse(hook("timeout: " + scalar));
    readOrRefuse(permission("mode: " + scalar));
  }

  @Property
  void readsOrRefusesAnyAcl(@ForAll("acl") String acl) {
    readOrRefuse(permission("acls: ['" + acl + "']"));
  }

  @Provide
  Arbitrary<String> acl() {
    return Arbitraries.strings().withChars("dugmo:rwx-07 ").ofMaxLength(12);
  }

  @Property
  void aRangeIsRefusedOrHasOneCanonicalForm(@ForAll("range") String range) {
    var once = range(range);
    if (!once.isEmpty()) {
      assertThat(range(once)).isEqualTo(once);
    }
  }

  @Provide
  Arbitrary<String> range() {
    return Arbitraries.strings().withChars("sc01-.:,").ofMaxLength(14);
  }

  @Test
  void ignoresTheTrailingCommasOfARange() {
    assertThat(range("s0:c3,c1,,,")).isEqualTo("s0:c1,c3");
    assertThat(range("s0:,")).isEmpty();
  }

  private static String range(String range) {
    var spec = readOrRefuse(permission("context: {type: t, range: '" + range + "'}"));
    return spec.isEmpty()
        ? ""
        : spec.getFirst().permissions().getFirst().context().orElseThrow().range().orElseThrow();
  }

  static List<String> bombs() {
    var aliases = new StringBuilder("a0: &a0 [x, x]\n");
    for (int i = 1; i < 40; i++) {
      aliases.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
    }
    var acls = "a: &a [%s]\npermissions:\n".formatted("'u:b:7',".repeat(90_000));
    return List.of(
        aliases + "version: 0.0\nos: linux\nfiles: *a39\n",
        "version: 0.0\nos: linux\n" + acls + "- {object: /a, acls: *a}\n".repeat(49),
        "[".repeat(900_000),
        "a: ".repeat(100_000),
        "? ".repeat(100_000),
        "- ".repeat(100_000),
        "&a ".repeat(100_000),
        "version: 1" + ":00".repeat(300_000),
        "version: 1" + "0".repeat(900_000),
        "version: 0." + "_".repeat(900_000) + "x",
        new String(hook("timeout: " + "9".repeat(900_000)), UTF_8),
        new String(hook("timeout: '" + " ".repeat(900_000) + "x'"), UTF_8),
        new String(
            permission("context: {type: t, range: 's0:c1" + ",".repeat(900_000) + "x'}"), UTF_8),
        new String(permission("acls: ['" + ":".repeat(900_000) + "']"), UTF_8),
        "#".repeat(1 << 20),
        "x".repeat((1 << 20) + 1));
  }

  @ParameterizedTest
  @MethodSource("bombs")
  void boundsWhatWouldTakeTimeAndMemory(String bomb) {
    readOrRefuse(bomb.getBytes(UTF_8));
  }

  private static byte[] hook(String member) {
    return "version: 0.0\nos: linux\nhooks: {A: [{location: b, %s}]}\n"
        .formatted(member)
        .getBytes(UTF_8);
  }

  private static byte[] permission(String member) {
    return "version: 0.0\nos: linux\npermissions: [{object: /a, %s}]\n"
        .formatted(member)
        .getBytes(UTF_8);
  }

  /** The AppSpec, or nothing when it was refused as it should be. */
  private static List<AppSpec> readOrRefuse(byte[] content) {
    return assertTimeoutPreemptively(
        NEVER,
        () -> {
          try {
            return List.of(AppSpecReader.read(FILE, content));
          } catch (AgentException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.APPSPEC_INVALID);
            assertThat(e.getMessage()).isNotBlank();
            return List.of();
          }
        });
  }
}
