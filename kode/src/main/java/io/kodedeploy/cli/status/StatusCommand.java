package io.kodedeploy.cli.status;

import static java.util.Objects.requireNonNull;

import io.kodedeploy.cli.aws.Aws;
import io.kodedeploy.cli.console.CliException;
import io.kodedeploy.cli.console.ExitCode;
import io.kodedeploy.cli.console.Problem;
import io.kodedeploy.cli.console.Reporter;
import io.kodedeploy.cli.naming.Scope;
import io.kodedeploy.cli.options.OutputOptions;
import io.kodedeploy.cli.options.Surroundings;
import io.kodedeploy.cli.record.HostRecords;
import io.kodedeploy.cli.record.HostView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import software.amazon.awssdk.services.codedeploy.model.ApplicationDoesNotExistException;

/** Shows what is deployed where. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = {
      "Shows what is deployed where.",
      "",
      "Deployment groups with their last deployments and targets; with --bucket and --environment"
          + " also what every host reports about itself (a report older than 15 minutes counts as"
          + " unknown); for groups with a load balancer the health of their targets."
    },
    footer = {
      "",
      "Examples:",
      "  kode status",
      "  kode status --application cart --environment prod --namespace shop --bucket my-bundles",
      ""
    })
public final class StatusCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Spec private @Nullable CommandSpec spec;
  @Mixin private OutputOptions output = new OutputOptions();

  @Option(names = "--application", paramLabel = "NAME", description = "This application only.")
  private @Nullable String application;

  @Option(names = "--environment", paramLabel = "NAME", description = "This environment only.")
  private @Nullable String environment;

  @Option(names = "--namespace", paramLabel = "NAME", description = "This namespace only.")
  private @Nullable String namespace;

  @Option(
      names = "--bucket",
      paramLabel = "NAME",
      description = "Where hosts report about themselves; needs --environment.")
  private @Nullable String bucket;

  /** Runs in these surroundings. */
  public StatusCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    var reporter = output.reporter(requireNonNull(spec));
    try (Aws aws = surroundings.aws().get()) {
      groups(aws, reporter);
      if (bucket != null && environment != null) {
        hosts(new HostRecords(aws, bucket).of(environment), reporter);
      } else {
        reporter.progress("hosts: give --bucket and --environment to see what hosts report");
      }
    }
    return ExitCode.DONE;
  }

  private void groups(Aws aws, Reporter reporter) {
    List<String> applications =
        application != null
            ? List.of(application)
            : aws.codeDeploy().listApplicationsPaginator(request -> {}).applications().stream()
                .toList();
    var groups = new GroupStatus(aws);
    for (String name : applications) {
      try {
        groups.of(name).stream().filter(this::wanted).forEach(group -> report(reporter, group));
      } catch (ApplicationDoesNotExistException e) {
        throw new CliException(
                Problem.GROUP_MISSING,
                "application " + name + " does not exist.",
                "see the applications there are: kode status")
            .because(e);
      }
    }
  }

  /** A group without our tags, as release groups are, belongs to every environment. */
  private boolean wanted(GroupStatus.Group group) {
    return matches(group.tags().get(Scope.ENVIRONMENT_TAG), environment)
        && (namespace == null || namespace.equals(group.tags().get(Scope.NAMESPACE_TAG)));
  }

  private static boolean matches(@Nullable String found, @Nullable String asked) {
    return asked == null || found == null || asked.equals(found);
  }

  private static void report(Reporter reporter, GroupStatus.Group group) {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("application", group.application());
    facts.put("group", group.name());
    facts.put("tags", group.tags());
    facts.put("lastAttempted", group.lastAttempted());
    facts.put("lastSuccessful", group.lastSuccessful());
    facts.put("revision", group.revision());
    facts.put("targets", group.targets());
    facts.put("targetGroups", group.targetGroups());
    var text = new ArrayList<String>();
    text.add("group " + group.application() + " / " + group.name() + " " + group.tags());
    text.add("  last: " + group.lastAttempted() + "; last successful: " + group.lastSuccessful());
    if (!group.revision().isEmpty()) {
      text.add("  revision: " + group.revision());
    }
    group.targets().forEach((id, status) -> text.add("  target %-36s %s".formatted(id, status)));
    group.targetGroups().forEach((id, health) -> text.add("  target group " + id + ": " + health));
    reporter.result("group", String.join("\n", text), facts);
  }

  private void hosts(List<HostView> records, Reporter reporter) {
    var now = surroundings.ticker().now();
    for (var record : records) {
      if (namespace != null && !namespace.equals(record.namespace())) {
        continue;
      }
      var age = Duration.between(record.written(), now).toSeconds() + " s ago";
      boolean unknown = record.unknownAt(now);
      var text = new ArrayList<String>();
      text.add(
          "host "
              + record.words()
              + (unknown ? ": unknown, last report " : ": last report ")
              + age);
      var applications = new LinkedHashMap<String, Object>();
      record
          .applications()
          .forEach(
              (name, state) -> {
                if (application != null && !application.equals(name)) {
                  return;
                }
                String word = unknown ? "unknown" : state.ready() ? "ready" : "not ready";
                applications.put(
                    name,
                    Map.of(
                        "state", word,
                        "wanted", state.wanted(),
                        "installed", state.installed(),
                        "reason", state.reason()));
                text.add(
                    "  "
                        + name
                        + ": "
                        + word
                        + ", installed "
                        + (state.installed().isEmpty() ? "nothing" : state.installed())
                        + (state.wanted().equals(state.installed())
                            ? ""
                            : ", wanted " + state.wanted())
                        + (state.reason().isEmpty() ? "" : " (" + state.reason() + ")"));
              });
      reporter.result(
          "host",
          String.join("\n", text),
          Map.of(
              "environment", record.environment(),
              "namespace", record.namespace(),
              "cluster", record.cluster(),
              "written", record.written().toString(),
              "unknown", unknown,
              "applications", applications));
    }
  }
}
