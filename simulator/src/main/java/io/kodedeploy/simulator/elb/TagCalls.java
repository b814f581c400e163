package io.kodedeploy.simulator.elb;

import io.kodedeploy.simulator.wire.AwsError;
import io.kodedeploy.simulator.wire.AwsRequest;
import io.kodedeploy.simulator.wire.AwsResponse;
import io.kodedeploy.simulator.wire.Parameters;
import java.util.Map;
import java.util.TreeMap;

/** Tags of load balancers, target groups, listeners and rules. */
final class TagCalls {

  void register(Map<String, ElasticLoadBalancing.Call> calls) {
    calls.put("AddTags", this::add);
    calls.put("RemoveTags", this::remove);
    calls.put("DescribeTags", this::describe);
  }

  private AwsResponse add(AwsRequest request, Parameters form, ElbRegion region) {
    var tags = tags(form);
    form.list("ResourceArns").forEach(arn -> requireResource(region, arn));
    form.list("ResourceArns").forEach(arn -> region.tag(arn, tags));
    return ElasticLoadBalancing.done(request);
  }

  private AwsResponse remove(AwsRequest request, Parameters form, ElbRegion region) {
    var keys = form.list("TagKeys");
    for (var arn : form.list("ResourceArns")) {
      requireResource(region, arn);
      keys.forEach(region.tags.getOrDefault(arn, new TreeMap<>())::remove);
    }
    return ElasticLoadBalancing.done(request);
  }

  private AwsResponse describe(AwsRequest request, Parameters form, ElbRegion region) {
    var arns = form.list("ResourceArns");
    arns.forEach(arn -> requireResource(region, arn));
    return ElasticLoadBalancing.result(
        request,
        xml ->
            xml.members(
                "TagDescriptions",
                arns,
                (member, arn) ->
                    member
                        .text("ResourceArn", arn)
                        .members(
                            "Tags",
                            region.tags.getOrDefault(arn, Map.of()).entrySet(),
                            (tag, entry) ->
                                tag.text("Key", entry.getKey()).text("Value", entry.getValue()))));
  }

  /** The {@code Tags} of a request. */
  static Map<String, String> tags(Parameters form) {
    var tags = new TreeMap<String, String>();
    for (var tag : form.structures("Tags")) {
      if (tags.put(tag.require("Key"), tag.get("Value").orElse("")) != null) {
        throw AwsError.badRequest(
            "DuplicateTagKeys",
            "Tag key '" + tag.require("Key") + "' was specified more than once");
      }
    }
    return tags;
  }

  private static void requireResource(ElbRegion region, String arn) {
    if (arn.contains(":targetgroup/")) {
      region.targetGroup(arn);
    } else if (arn.contains(":listener-rule/")) {
      region.listenerOfRule(arn);
    } else if (arn.contains(":listener/")) {
      region.listener(arn);
    } else {
      region.loadBalancer(arn);
    }
  }
}
