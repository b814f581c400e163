package io.kodedeploy.core.bundle;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.core.config.BundleRules;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.spec.BundleType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;

/**
 * Archives nobody meant well, structured and raw: whatever is in them, unpacking ends, fails with
 * nothing but an {@link AgentException}, leaves no folder when it fails, writes no more than the
 * limit and touches nothing outside its folder. More tries: {@code -Djqwik.tries.default=20000}.
 */
class ArchiveFuzzTest {
  private static final long MOST_BYTES = 64 << 10;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final BundleRules STRICT =
      new BundleRules(true, false, true, false, true, false, MOST_BYTES);
  private static final BundleRules LENIENT =
      new BundleRules(false, false, false, false, false, true, MOST_BYTES);

  /** One byte changed, where and to what. */
  record Edit(int at, byte value) {}

  private Path outside;
  private Path unpacked;
  private Map<String, String> before;

  @BeforeTry
  void prepare() throws IOException {
    outside = Files.createTempDirectory("archive-fuzz");
    var canary = Files.createDirectories(outside.resolve("canary/sub"));
    Files.writeString(canary.resolve("file"), "canary");
    Files.writeString(outside.resolve("evil"), "canary");
    unpacked = Files.createDirectory(outside.resolve("area")).resolve("unpacked");
    before = snapshot();
  }

  @AfterTry
  void remove() throws IOException {
    FileTrees.delete(outside);
  }

  @Property
  void hostileArchives(
      @ForAll("types") String type,
      @ForAll("members") List<Map<String, Object>> members,
      @ForAll boolean strict)
      throws Exception {
    check(pack(type, members), type, strict);
  }

  @Property
  void brokenArchives(
      @ForAll("types") String type,
      @ForAll("members") List<Map<String, Object>> members,
      @ForAll("edits") List<Edit> edits,
      @ForAll @IntRange(min = 0, max = 1000) int lost,
      @ForAll boolean strict)
      throws Exception {
    var archive = pack(type, members);
    for (var edit : edits) {
      archive[Math.floorMod(edit.at(), archive.length)] = edit.value();
    }
    var kept = lost > 800 ? archive.length * (1001L - lost) / 201 : archive.length;
    check(Arrays.copyOf(archive, (int) kept), type, strict);
  }

  @Property
  void rawBytes(
      @ForAll("types") String type,
      @ForAll("magic") byte[] magic,
      @ForAll @Size(max = 3000) byte[] bytes)
      throws Exception {
    var all = new ByteArrayOutputStream();
    all.writeBytes(magic);
    all.writeBytes(bytes);
    check(all.toByteArray(), type, true);
  }

  private void check(byte[] archive, String type, boolean strict) throws Exception {
    var file = Files.write(outside.resolve("area/bundle"), archive);
    var refused = new AtomicReference<AgentException>();
    var crash = new AtomicReference<Throwable>();
    var work =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  try (var bundle = BundleFile.whole(file)) {
                    var kind = type.equals("zip") ? BundleType.ZIP : BundleType.TAR;
                    new Unpacker(strict ? STRICT : LENIENT).unpack(bundle, kind, unpacked);
                  } catch (AgentException e) {
                    refused.set(e);
                  } catch (Throwable e) { // whatever it is, it must not be
                    crash.set(e);
                  }
                });
    work.join(PATIENCE);

    assertThat(work.isAlive()).as("hangs").isFalse();
    assertThat(crash.get()).isNull();
    assertThat(snapshot()).isEqualTo(before);
    if (refused.get() != null) {
      assertThat(Files.exists(unpacked, NOFOLLOW_LINKS)).isFalse();
    } else {
      assertThat(size(unpacked)).isLessThanOrEqualTo(MOST_BYTES);
    }
  }

  /** Everything outside the archive's folder: kinds, modes, contents. */
  private Map<String, String> snapshot() throws IOException {
    var seen = new TreeMap<String, String>();
    try (var paths = Files.walk(outside)) {
      for (var path : paths.filter(each -> !each.startsWith(outside.resolve("area"))).toList()) {
        var mode = Files.getAttribute(path, "unix:mode", NOFOLLOW_LINKS);
        var content = Files.isRegularFile(path, NOFOLLOW_LINKS) ? Files.readString(path) : "";
        seen.put(path.toString(), mode + " " + content);
      }
    }
    return seen;
  }

  private static long size(Path folder) throws IOException {
    try (var paths = Files.walk(folder)) {
      return paths
          .filter(path -> Files.isRegularFile(path, NOFOLLOW_LINKS))
          .mapToLong(ArchiveFuzzTest::length)
          .sum();
    }
  }

  private static long length(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] pack(String type, List<Map<String, Object>> members) throws IOException {
    var real = new ArrayList<Map<String, Object>>();
    for (var member : members) {
      var copy = new HashMap<>(member);
      copy.replaceAll((_, value) -> value.toString().replace("<outside>", outside.toString()));
      if (!member.containsKey("folder")) { // the packer takes such a name for a folder
        copy.replace("name", copy.get("name").toString().replaceFirst("/+$", "/f"));
      }
      real.add(copy);
    }
    return Bundles.pack(Map.of("type", type, "members", real));
  }

  @Provide
  Arbitrary<String> types() {
    return Arbitraries.of("zip", "tar", "tgz", "zip", "tar", "tbz", "txz");
  }

  @Provide
  Arbitrary<List<Map<String, Object>>> members() {
    return member().list().ofMinSize(1).ofMaxSize(8);
  }

  private static Arbitrary<Map<String, Object>> member() {
    var content =
        Arbitraries.of("text", "", "x".repeat(100), "0123456789".repeat(4000), "z".repeat(70_000));
    var mode = Arbitraries.of("644", "755", "000", "4755", "2755", "1777", "0444");
    return Arbitraries.frequencyOf(
        Tuple.of(
            6,
            Combinators.combine(name(), content, mode)
                .as((name, text, bits) -> Map.of("name", name, "text", text, "mode", bits))),
        Tuple.of(
            4,
            Combinators.combine(name(), name())
                .as((name, target) -> Map.<String, Object>of("name", name, "link", target))),
        Tuple.of(
            2,
            Combinators.combine(name(), mode)
                .as(
                    (name, bits) ->
                        Map.of("name", name, "folder", true, "text", "", "mode", bits))),
        Tuple.of(
            2,
            Combinators.combine(name(), name())
                .as((name, target) -> Map.of("name", name, "hard", target, "text", ""))),
        Tuple.of(1, name().map(name -> Map.of("name", name, "fifo", true, "text", ""))));
  }

  private static Arbitrary<String> name() {
    var part =
        Arbitraries.of(
            "a", "b", "d", "l", "..", ".", "", "é", "a b", "-rf", "\u0001", "canary", "evil",
            "x\n");
    var relative = part.list().ofMinSize(1).ofMaxSize(4).map(parts -> String.join("/", parts));
    var odd =
        Arbitraries.of(
            "<outside>/evil",
            "<outside>/canary",
            "../../canary/file",
            "../../evil",
            "/",
            "/etc",
            "\\evil",
            "a\u0000b",
            "x".repeat(300),
            "d/".repeat(300) + "x");
    return Arbitraries.frequencyOf(Tuple.of(4, relative), Tuple.of(1, odd));
  }

  @Provide
  Arbitrary<List<Edit>> edits() {
    var value =
        Arbitraries.frequencyOf(
            Tuple.of(1, Arbitraries.bytes()),
            Tuple.of(1, Arbitraries.of((byte) 0, (byte) -1, (byte) '7', (byte) 'x')));
    return Combinators.combine(Arbitraries.integers(), value).as(Edit::new).list().ofMaxSize(12);
  }

  @Provide
  Arbitrary<byte[]> magic() {
    return Arbitraries.of(
            "", "PK\u0003\u0004", "PK\u0001\u0002", "PK\u0005\u0006", "BZh9", "\u001f\u008b\b")
        .map(text -> text.getBytes(ISO_8859_1));
  }
}
