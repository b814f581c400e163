package io.kodedeploy.simulator.autoscaling;

import io.kodedeploy.simulator.wire.AwsError;
import io.kodedeploy.simulator.wire.AwsRequest;
import io.kodedeploy.simulator.wire.AwsResponse;
import io.kodedeploy.simulator.wire.Parameters;
import io.kodedeploy.simulator.wire.Xml;
import java.util.List;
import java.util.Map;

/** Tags of groups. */
final class TagCalls {
  private final AutoScalingGroups groups;

  TagCalls(AutoScalingGroups groups) {
    this.groups = groups;
  }

  void register(Map<String, AutoScaling.Call> calls) {
    calls.put("CreateOrUpdateTags", this::create);
    calls.put("DeleteTags", this::delete);
    calls.put("DescribeTags", this::describe);
  }

  private AwsResponse create(AwsRequest request) {
    for (var structure : request.form().structures("Tags")) {
      var tag = tag(structure);
      groups.change(
          structure.require("ResourceId"), group -> group.tags.put(tag.key(), tag) == null);
    }
    return AutoScaling.done(request);
  }

  private AwsResponse delete(AwsRequest request) {
    for (var structure : request.form().structures("Tags")) {
      var key = structure.require("Key");
      groups.change(structure.require("ResourceId"), group -> group.tags.remove(key) != null);
    }
    return AutoScaling.done(request);
  }

  private AwsResponse describe(AwsRequest request) {
    record Tagged(String group, Group.Tag tag) {}
    var filters = TagFilter.all(request.form());
    return groups.read(
        byName -> {
          var found =
              byName.values().stream()
                  .filter(group -> group.region.equals(request.region()))
                  .flatMap(
                      group -> group.tags.values().stream().map(t -> new Tagged(group.name, t)))
                  .filter(
                      tagged ->
                          filters.stream()
                              .allMatch(filter -> filter.holds(tagged.group(), tagged.tag())))
                  .toList();
          return AutoScaling.result(
              request,
              xml -> xml.members("Tags", found, (member, t) -> tag(member, t.group(), t.tag())));
        });
  }

  static List<Group.Tag> tags(List<Parameters> structures) {
    return structures.stream().map(TagCalls::tag).toList();
  }

  private static Group.Tag tag(Parameters tag) {
    var key = tag.require("Key");
    if (key.startsWith("aws:")) {
      throw AwsError.badRequest("ValidationError", "Tag key must not begin with aws: - " + key);
    }
    return new Group.Tag(
        key,
        tag.get("Value").orElse(""),
        tag.get("PropagateAtLaunch").filter("true"::equals).isPresent());
  }

  static void tag(Xml xml, String group, Group.Tag tag) {
    xml.text("ResourceId", group)
        .text("ResourceType", "auto-scaling-group")
        .text("Key", tag.key())
        .text("Value", tag.value())
        .flag("PropagateAtLaunch", tag.propagated());
  }
}
