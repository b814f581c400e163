package io.kodedeploy.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.core.observe.AgentMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The alerts of the chart speak of series and labels that the agents have, and have a page each.
 */
class AlertsTest {
  private static final Path ALERTS = Path.of("..", "charts", "kodedeploy", "alerts.yaml");
  private static final Path RUNBOOKS = Path.of("..", "docs", "runbooks");
  private static final Pattern SERIES =
      Pattern.compile("\\b((?:kodedeploy|aws)_[a-z_]+)(\\{[^}]*})?");
  private static final Pattern GROUPING = Pattern.compile("\\b(?:by|on) \\(([^)]*)\\)");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)(?:=~|!=|!~|=)");

  /** What a ServiceMonitor adds to every series. */
  private static final Set<String> SCRAPED = Set.of("namespace", "pod", "service");

  record Alert(String name, String expression, Map<?, ?> annotations) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Alert> alerts() throws IOException {
    var file = (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(text());
    var group = (Map<?, ?>) ((List<?>) file.get("groups")).getFirst();
    return ((List<?>) group.get("rules"))
        .stream()
            .map(rule -> (Map<?, ?>) rule)
            .map(
                rule ->
                    new Alert(
                        String.valueOf(rule.get("alert")),
                        String.valueOf(rule.get("expr")),
                        (Map<?, ?>) rule.get("annotations")));
  }

  private static String text() throws IOException {
    return Files.readString(ALERTS);
  }

  /** Every series that an agent may have, with its labels. */
  private static Map<String, Set<String>> series() {
    var metrics = new AgentMetrics(Map.of("target_namespace", "shop"), "1");
    metrics.poll("idle");
    metrics.pollAge(() -> Optional.of(Duration.ofSeconds(1)));
    metrics.commandRunning(() -> Duration.ZERO);
    metrics.behind(Duration.ZERO);
    metrics.catchUpRemaining(0);
    metrics.credentialsExpiry(() -> Optional.of(Instant.EPOCH));
    metrics.leader(true);
    for (var code : List.of("ok", "ThrottlingException", "AccessDeniedException")) {
      metrics.awsCall("CodeDeploy", "GetDeployment", code, Duration.ZERO);
    }
    return series(metrics.scrape());
  }

  /** The series of a scrape, with their labels and those of a ServiceMonitor. */
  static Map<String, Set<String>> series(String scrape) {
    var series = new HashMap<String, Set<String>>();
    for (var line : scrape.lines().filter(line -> !line.startsWith("#")).toList()) {
      var brace = line.indexOf('{');
      var labels = new HashSet<>(SCRAPED);
      var names = LABEL.matcher(brace < 0 ? "" : line.substring(brace));
      while (names.find()) {
        labels.add(names.group(1));
      }
      series.put(line.substring(0, brace < 0 ? line.indexOf(' ') : brace), labels);
    }
    return series;
  }

  @ParameterizedTest
  @MethodSource("alerts")
  void speaksOfSeriesAndLabelsThatExist(Alert alert) {
    check(alert.expression(), series());
  }

  /** Whether a rule can see what it speaks of. */
  static void check(String expression, Map<String, Set<String>> series) {
    var labels = new HashSet<String>();
    var found = SERIES.matcher(expression);
    while (found.find()) {
      assertThat(series).as("series of " + expression).containsKey(found.group(1));
      labels.addAll(series.get(found.group(1)));
      if (found.group(2) != null) {
        var matched = LABEL.matcher(found.group(2));
        while (matched.find()) {
          assertThat(series.get(found.group(1))).contains(matched.group(1));
        }
      }
    }
    assertThat(labels).as("no series in " + expression).isNotEmpty();
    var groups = GROUPING.matcher(expression);
    while (groups.find()) {
      assertThat(labels).contains(groups.group(1).split(", *"));
    }
  }

  /** What {@code scripts/alerts} lets promtool carry out. */
  @ParameterizedTest
  @MethodSource("alerts")
  void hasATestThatMakesItFireAndOneThatSeesItClear(Alert alert) throws IOException {
    var file =
        (Map<?, ?>)
            new Load(LoadSettings.builder().build())
                .loadFromString(Files.readString(Path.of("..", "charts", "tests", "alerts.yaml")));
    var fires = new ArrayList<Boolean>();
    for (var test : (List<?>) file.get("tests")) {
      for (var one : (List<?>) ((Map<?, ?>) test).get("alert_rule_test")) {
        if (alert.name().equals(((Map<?, ?>) one).get("alertname"))) {
          fires.add(!((List<?>) ((Map<?, ?>) one).get("exp_alerts")).isEmpty());
        }
      }
    }

    assertThat(fires).containsSubsequence(false, true, false);
  }

  @ParameterizedTest
  @MethodSource("alerts")
  void hasARunbookThatSaysWhatToDo(Alert alert) throws IOException {
    var page = String.valueOf(alert.annotations().get("runbook_url")).replace("RUNBOOKS/", "");

    assertThat(Files.readString(RUNBOOKS.resolve(page)))
        .startsWith("# " + alert.name())
        .contains("## What it means", "## What to look at", "## What to do");
  }

  @Test
  void noRunbookIsWithoutAnAlert() throws IOException {
    var text = text();
    try (var pages = Files.list(RUNBOOKS)) {
      assertThat(pages.map(page -> page.getFileName().toString()))
          .filteredOn(name -> !name.equals("README.md"))
          .allSatisfy(name -> assertThat(text).contains("RUNBOOKS/" + name));
    }
  }
}
