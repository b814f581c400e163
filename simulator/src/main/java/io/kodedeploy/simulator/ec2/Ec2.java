package io.kodedeploy.simulator.ec2;

import io.kodedeploy.simulator.wire.Account;
import io.kodedeploy.simulator.wire.AwsError;
import io.kodedeploy.simulator.wire.AwsRequest;
import io.kodedeploy.simulator.wire.AwsResponse;
import io.kodedeploy.simulator.wire.AwsService;
import io.kodedeploy.simulator.wire.Parameters;
import io.kodedeploy.simulator.wire.Protocol;
import io.kodedeploy.simulator.wire.Xml;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The EC2 API as far as instances and their tags go. Instances are started by clusters. */
public final class Ec2 implements AwsService {
  private static final String NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/";

  private final Instances instances;
  private final Account account;

  /** The API of these instances. */
  public Ec2(Instances instances, Account account) {
    this.instances = instances;
    this.account = account;
  }

  @Override
  public String name() {
    return "ec2";
  }

  @Override
  public Protocol protocol() {
    return Protocol.EC2;
  }

  @Override
  public AwsResponse handle(AwsRequest request) {
    var form = request.form();
    return switch (request.operation()) {
      case "DescribeInstances" -> describeInstances(request, form);
      case "DescribeTags" -> describeTags(request, form);
      case "CreateTags" -> createTags(request, form);
      case "DeleteTags" -> deleteTags(request, form);
      case "ModifyInstanceMetadataOptions" -> modifyMetadata(request, form);
      default -> throw unknownOperation(request);
    };
  }

  private AwsResponse describeInstances(AwsRequest request, Parameters form) {
    var filters = InstanceFilter.all(form);
    var wanted = form.list("InstanceId");
    wanted.forEach(instances::require);
    var found =
        visible(request).stream()
            .filter(instance -> wanted.isEmpty() || wanted.contains(instance.id()))
            .filter(instance -> filters.stream().allMatch(filter -> filter.holds(instance)))
            .toList();
    return Xml.ec2Response(
        request,
        NAMESPACE,
        xml ->
            xml.items(
                "reservationSet",
                "item",
                found,
                (item, instance) -> InstanceXml.reservation(item, instance, account)));
  }

  private AwsResponse describeTags(AwsRequest request, Parameters form) {
    record Tag(String instanceId, String key, String value) {}
    var tags = new ArrayList<Tag>();
    for (var instance : visible(request)) {
      instance.tags().forEach((key, value) -> tags.add(new Tag(instance.id(), key, value)));
    }
    for (var filter : InstanceFilter.all(form)) {
      switch (filter.name()) {
        case "resource-id" -> tags.removeIf(tag -> !filter.matches(tag.instanceId()));
        case "resource-type" -> tags.removeIf(_ -> !filter.matches("instance"));
        case "key" -> tags.removeIf(tag -> !filter.matches(tag.key()));
        case "value" -> tags.removeIf(tag -> !filter.matches(tag.value()));
        default -> throw InstanceFilter.unknown(filter.name());
      }
    }
    return Xml.ec2Response(
        request,
        NAMESPACE,
        xml ->
            xml.items(
                "tagSet",
                "item",
                tags,
                (item, tag) ->
                    item.text("resourceId", tag.instanceId())
                        .text("resourceType", "instance")
                        .text("key", tag.key())
                        .text("value", tag.value())));
  }

  private AwsResponse createTags(AwsRequest request, Parameters form) {
    var tags = new HashMap<String, String>();
    form.structures("Tag")
        .forEach(tag -> tags.put(tag.require("Key"), tag.get("Value").orElse("")));
    form.list("ResourceId").forEach(id -> instances.tag(id, tags, List.of()));
    return done(request);
  }

  private AwsResponse deleteTags(AwsRequest request, Parameters form) {
    var keys = form.structures("Tag").stream().map(tag -> tag.require("Key")).toList();
    form.list("ResourceId").forEach(id -> instances.tag(id, Map.of(), keys));
    return done(request);
  }

  private AwsResponse modifyMetadata(AwsRequest request, Parameters form) {
    var id = form.require("InstanceId");
    var changed =
        instances.change(
            id,
            instance -> {
              var now = instance.metadataOptions();
              return instance.withMetadataOptions(
                  new Instance.MetadataOptions(
                      choice(form, "HttpTokens", "required", "optional", now.tokensRequired()),
                      choice(form, "InstanceMetadataTags", "enabled", "disabled", now.tags())));
            });
    return Xml.ec2Response(
        request,
        NAMESPACE,
        xml ->
            xml.text("instanceId", id)
                .element(
                    "instanceMetadataOptions",
                    options -> InstanceXml.metadataOptions(options, changed)));
  }

  private static boolean choice(
      Parameters form, String name, String yes, String no, boolean otherwise) {
    var value = form.get(name);
    if (value.isEmpty()) {
      return otherwise;
    }
    if (!value.get().equals(yes) && !value.get().equals(no)) {
      throw AwsError.badRequest(
          "InvalidParameterValue",
          "Value (" + value.get() + ") for parameter " + name + " is invalid.");
    }
    return value.get().equals(yes);
  }

  private List<Instance> visible(AwsRequest request) {
    return instances.all().stream()
        .filter(instance -> instance.region().equals(request.region()))
        .toList();
  }

  private static AwsResponse done(AwsRequest request) {
    return Xml.ec2Response(request, NAMESPACE, xml -> xml.flag("return", true));
  }
}
