package io.kodedeploy.core.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Which test proves which case of host-agent.md section 16: the case files of all modules, the ids
 * in their test sources, and {@code elsewhere.yml} for the rest.
 */
final class ConformanceTable {
  private static final int LAST = 364;
  private static final int MOST_SHOWN = 3;
  private static final String ELSEWHERE = "elsewhere.yml";
  private static final List<String> MODULES =
      List.of("agent-core", "kode", "node-agent", "namespace-agent");

  private final Map<String, Set<String>> proofs = new TreeMap<>();
  private final Map<String, Reason> reasons = new TreeMap<>();
  private final Set<String> problems = new TreeSet<>();

  /** Why a case has no proof, or what its proof shows instead. */
  private record Reason(State state, String why) {}

  private enum State {
    PROVED("proved", ""),
    DIFFERS("differs on purpose", "differs"),
    CANNOT_RUN("cannot run", "cannot"),
    NOT_PROVED("not proved", "missing");

    private final String shown;
    private final String key;

    State(String shown, String key) {
      this.shown = shown;
      this.key = key;
    }
  }

  /** Reads the modules below that folder. */
  static ConformanceTable of(Path root) throws IOException {
    var table = new ConformanceTable();
    var methods = new TreeSet<String>();
    for (var module : MODULES) {
      var sources = TestSources.of(root.resolve(module).resolve("src/test/java"));
      methods.addAll(sources.methods());
      table.caseFiles(root.resolve(module).resolve("src/test/resources/conformance"), sources);
      sources.proofs().forEach(proof -> table.prove(proof.id(), proof.test()));
    }
    table.elsewhere(methods);
    return table;
  }

  private void caseFiles(Path folder, TestSources sources) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (var files = Files.list(folder)) {
      for (var file : files.filter(f -> f.toString().endsWith(".yml")).sorted().toList()) {
        var name = file.getFileName().toString();
        if (!name.equals(ELSEWHERE)) {
          cases(name, Cases.read(file), sources);
        }
      }
    }
  }

  private void cases(String file, List<Case> cases, TestSources sources) {
    var readers =
        sources.readers().stream()
            .filter(reader -> reader.file().equals(file))
            .map(TestSources.Reader::test)
            .collect(Collectors.joining(", "));
    if (readers.isEmpty()) {
      problems.add(file + ": no test reads this case file");
      return;
    }
    for (var given : cases) {
      var title = given.title().map(t -> ": " + t).orElse("");
      given.ids().forEach(id -> prove(id, readers + ", " + file + title));
    }
  }

  private void prove(String id, String test) {
    proofs.computeIfAbsent(id, _ -> new LinkedHashSet<>()).add(test);
  }

  private void elsewhere(Set<String> methods) {
    for (var given : Cases.read(ELSEWHERE)) {
      given
          .text("test")
          .ifPresent(
              test -> {
                if (!methods.contains(test)) {
                  problems.add(given + ": there is no test " + test);
                }
                given.ids().forEach(id -> prove(id, test.replaceAll("^[a-z.]+\\.", "")));
              });
      for (var state : State.values()) {
        given
            .text(state.key)
            .ifPresent(why -> given.ids().forEach(id -> reasons.put(id, new Reason(state, why))));
      }
    }
  }

  /**
   * What is wrong: files nobody reads, tests that are not there, cases without proof and reason.
   */
  Set<String> problems() {
    var all = new TreeSet<>(problems);
    ids().stream()
        .filter(id -> !proofs.containsKey(id) && !reasons.containsKey(id))
        .forEach(id -> all.add(id + ": neither a test nor a reason in " + ELSEWHERE));
    proofs.keySet().stream()
        .filter(id -> !ids().contains(id))
        .forEach(id -> all.add(id + ": there is no such case"));
    reasons.forEach(
        (id, reason) -> {
          if (reason.state() != State.DIFFERS && proofs.containsKey(id)) {
            all.add(id + ": " + reason.state().shown + " by " + ELSEWHERE + ", but is proved");
          }
        });
    return all;
  }

  /** The table as a page. */
  String markdown() {
    var page = new StringBuilder();
    ids().forEach(id -> page.append(row(id)));
    return """
    # Conformance cases HA-001 to HA-%03d

    Generated from the case files and test sources; do not edit. Again, from the repository's root:

    ```
    ./mvnw -q -pl simulator,agent-core -am -Dtest=ConformanceTableTest -Dconformance.write=true \\
      -Dsurefire.failIfNoSpecifiedTests=false test
    ```

    The cases are section 16 of the behaviour specification of a host (`host-agent.md`). %s.

    | Id | State | Proof |
    |---|---|---|
    """
            .formatted(LAST, counts())
        + page;
  }

  private String counts() {
    var counted = ids().stream().collect(Collectors.groupingBy(this::state, Collectors.counting()));
    var texts = new ArrayList<String>();
    for (var state : State.values()) {
      long count = counted.getOrDefault(state, 0L);
      if (count > 0) {
        texts.add(count + " " + state.shown);
      }
    }
    return String.join(", ", texts);
  }

  private State state(String id) {
    var reason = reasons.get(id);
    if (reason != null && reason.state() == State.DIFFERS) {
      return State.DIFFERS;
    }
    return proofs.containsKey(id)
        ? State.PROVED
        : reason == null ? State.NOT_PROVED : reason.state();
  }

  private String row(String id) {
    var state = state(id);
    var texts = new ArrayList<String>();
    Optional.ofNullable(reasons.get(id))
        .filter(reason -> reason.state() == state)
        .ifPresent(reason -> texts.add(reason.why()));
    var tests = proofs.getOrDefault(id, Set.of());
    tests.stream().sorted().limit(MOST_SHOWN).forEach(texts::add);
    if (tests.size() > MOST_SHOWN) {
      texts.add("and others");
    }
    return "| %s | %s | %s |%n"
        .formatted(id, state.shown, String.join("; ", texts).replace("|", "\\|"));
  }

  private static Set<String> ids() {
    return IntStream.rangeClosed(1, LAST)
        .mapToObj("HA-%03d"::formatted)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
