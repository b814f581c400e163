package io.kodedeploy.simulator.codedeploy;

import io.kodedeploy.simulator.wire.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** The operations on revisions. Called under the lock of {@link State}. */
final class RevisionCalls {
  private final State state;

  RevisionCalls(State state) {
    this.state = state;
  }

  void register(Input input) {
    var application = application(input);
    var revision = Revision.parse(input.object("revision"));
    var description = Descriptions.read(input);
    var known = application.revisions.get(revision);
    if (known == null) {
      application.revisions.put(revision, new RegisteredRevision(state.clock.now(), description));
    } else if (input.has("description")) {
      known.description = description;
    }
  }

  ObjectNode get(Input input) {
    var application = application(input);
    var revision = Revision.parse(input.object("revision"));
    var known = application.revisions.get(revision);
    if (known == null) {
      throw Refusal.of(
          "RevisionDoesNotExist", "No revision found for application: " + application.name);
    }
    var answer = Json.object().put("applicationName", application.name);
    answer.set("revision", revision.json());
    answer.set("revisionInfo", known.json(application, revision));
    return answer;
  }

  ObjectNode batchGet(Input input) {
    var application = application(input);
    var locations = input.objects("revisions").orElse(List.of());
    if (locations.isEmpty()) {
      throw Refusal.of("RevisionRequired", "Revisions are missing");
    }
    Batch.check(locations.size());
    var answer = Json.object().put("applicationName", application.name);
    var list = answer.putArray("revisions");
    for (var location : locations) {
      var revision = Revision.parse(Optional.of(location));
      var known = application.revisions.get(revision);
      if (known != null) {
        var entry = Json.object();
        entry.set("revisionLocation", revision.json());
        entry.set("genericRevisionInfo", known.json(application, revision));
        list.add(entry);
      }
    }
    return answer;
  }

  /** Revisions are structures, so the page is cut here by position. */
  ObjectNode list(Input input) {
    var application = application(input);
    var bucket = input.text("s3Bucket");
    var prefix = input.text("s3KeyPrefix");
    if (prefix.isPresent() && bucket.isEmpty()) {
      throw Refusal.of("BucketNameFilterRequired", "s3KeyPrefix needs s3Bucket");
    }
    var deployed = deployedFilter(input.text("deployed").orElse("ignore"));
    var found = new ArrayList<Revision>();
    for (var entry : sorted(application, input)) {
      var used = !RegisteredRevision.groups(application, entry.getKey()).isEmpty();
      if (in(entry.getKey(), bucket, prefix) && deployed.map(d -> d == used).orElse(true)) {
        found.add(entry.getKey());
      }
    }
    var positions = new ArrayList<String>();
    for (int i = 0; i < found.size(); i++) {
      positions.add(Integer.toString(i));
    }
    var page = Page.of("ListApplicationRevisions", "revisions", positions, input);
    var revisions = Json.array();
    page.path("revisions")
        .forEach(p -> revisions.add(found.get(Integer.parseInt(p.stringValue())).json()));
    page.set("revisions", revisions);
    return page;
  }

  private static boolean in(Revision revision, Optional<String> bucket, Optional<String> prefix) {
    if (bucket.isEmpty()) {
      return true;
    }
    return revision instanceof Revision.S3 s3
        && s3.bucket().equals(bucket.get())
        && s3.key().startsWith(prefix.orElse(""));
  }

  private static Optional<Boolean> deployedFilter(String value) {
    return switch (value) {
      case "include" -> Optional.of(true);
      case "exclude" -> Optional.of(false);
      case "ignore" -> Optional.empty();
      default ->
          throw Refusal.of(
              "InvalidDeployedStateFilter", "deployed must be include, exclude or ignore");
    };
  }

  private static List<Map.Entry<Revision, RegisteredRevision>> sorted(
      Application application, Input input) {
    var list = new ArrayList<>(application.revisions.entrySet());
    Comparator<Map.Entry<Revision, RegisteredRevision>> order =
        switch (input.text("sortBy").orElse("registerTime")) {
          case "registerTime" -> Comparator.comparing(e -> e.getValue().registerTime);
          case "firstUsedTime" -> Comparator.comparing(e -> orNever(e.getValue().firstUsedTime));
          case "lastUsedTime" -> Comparator.comparing(e -> orNever(e.getValue().lastUsedTime));
          default -> throw Refusal.of("InvalidSortBy", "sortBy is not a known column");
        };
    switch (input.text("sortOrder").orElse("ascending")) {
      case "ascending" -> list.sort(order);
      case "descending" -> list.sort(order.reversed());
      default -> throw Refusal.of("InvalidSortOrder", "sortOrder must be ascending or descending");
    }
    return list;
  }

  private static Instant orNever(@org.jspecify.annotations.Nullable Instant time) {
    return time == null ? Instant.EPOCH : time;
  }

  private Application application(Input input) {
    return state.requireApplication(Names.application(input.text("applicationName")));
  }
}
