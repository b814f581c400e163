package io.kodedeploy.simulator.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kodedeploy.simulator.wire.Account;
import io.kodedeploy.simulator.wire.Json;
import java.net.URLDecoder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the metadata of one instance says, path by path.
 *
 * @param source the instance as it is now
 * @param credentials of its role
 * @param lifecycle target state that Auto Scaling has set
 */
public record MetadataPages(
    Account account,
    Supplier<Instance> source,
    Supplier<InstanceCredentials> credentials,
    Supplier<Optional<String>> lifecycle) {

  private static final List<String> INDEX =
      List.of(
          "ami-id",
          "hostname",
          "iam/",
          "instance-id",
          "instance-type",
          "local-ipv4",
          "mac",
          "placement/",
          "services/");

  /** A page's text. */
  record Page(String contentType, String text) {}

  private static final String DATA = "/latest/meta-data/";
  private static final String CREDENTIALS = "iam/security-credentials/";
  private static final String TAGS = "tags/instance";

  Instance instance() {
    return source.get();
  }

  /** Empty when there is no such page. */
  Optional<Page> page(String path) {
    if (path.equals("/latest/dynamic/instance-identity/document")) {
      return Optional.of(json(identity()));
    }
    if (path.equals("/latest/meta-data")) {
      return page(DATA);
    }
    return path.startsWith(DATA) ? data(path.substring(DATA.length())) : Optional.empty();
  }

  private Optional<Page> data(String name) {
    var instance = instance();
    if (name.startsWith(TAGS)) {
      return instance.metadataOptions().tags()
          ? tag(instance, name.substring(TAGS.length()))
          : Optional.empty();
    }
    return switch (name) {
      case "" -> text(String.join("\n", INDEX));
      case "instance-id" -> text(instance.id());
      case "instance-type" -> text(Instance.TYPE);
      case "ami-id" -> text(Instance.IMAGE);
      case "local-ipv4" -> text(instance.address());
      case "local-hostname", "hostname" ->
          text(instance.hostName() + "." + instance.region() + ".compute.internal");
      case "mac" -> text(mac(instance));
      case "placement/region" -> text(instance.region());
      case "placement/availability-zone" -> text(instance.availabilityZone());
      case "services/partition" -> text("aws");
      case "services/domain" -> text("amazonaws.com");
      case "iam/security-credentials", CREDENTIALS -> instance.role().flatMap(MetadataPages::text);
      case "iam/info" -> instance.role().map(this::profile);
      case "autoscaling/target-lifecycle-state" -> lifecycle.get().flatMap(MetadataPages::text);
      default ->
          instance
              .role()
              .filter(role -> name.equals(CREDENTIALS + role))
              .map(_ -> json(roleCredentials()));
    };
  }

  private static Optional<Page> tag(Instance instance, String rest) {
    var shown = new TreeMap<>(instance.tags());
    shown.keySet().removeIf(key -> key.contains("/") || key.contains(" "));
    if (rest.isEmpty() || rest.equals("/")) {
      return text(shown.keySet().stream().collect(Collectors.joining("\n")));
    }
    if (!rest.startsWith("/")) {
      return Optional.empty();
    }
    try {
      return Optional.ofNullable(shown.get(URLDecoder.decode(rest.substring(1), UTF_8)))
          .flatMap(MetadataPages::text);
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // not an encoding of any key
    }
  }

  private ObjectNode identity() {
    var instance = instance();
    var document = Json.object();
    document
        .put("accountId", account.id())
        .put("architecture", "arm64")
        .put("availabilityZone", instance.availabilityZone())
        .put("imageId", Instance.IMAGE)
        .put("instanceId", instance.id())
        .put("instanceType", Instance.TYPE)
        .put("pendingTime", seconds(instance.launched()))
        .put("privateIp", instance.address())
        .put("region", instance.region())
        .put("version", "2017-09-30");
    document.putNull("billingProducts").putNull("kernelId").putNull("ramdiskId");
    return document;
  }

  private ObjectNode roleCredentials() {
    var issued = credentials.get();
    return Json.object()
        .put("Code", "Success")
        .put("LastUpdated", seconds(issued.issued()))
        .put("Type", "AWS-HMAC")
        .put("AccessKeyId", issued.accessKeyId())
        .put("SecretAccessKey", issued.secretAccessKey())
        .put("Token", issued.sessionToken())
        .put("Expiration", seconds(issued.expiration()));
  }

  private Page profile(String role) {
    return json(
        Json.object()
            .put("Code", "Success")
            .put("LastUpdated", seconds(instance().launched()))
            .put("InstanceProfileArn", account.arn("iam", "", "instance-profile/" + role))
            .put("InstanceProfileId", "AIPA%017X".formatted(role.hashCode() & 0xffffffffL)));
  }

  /** Made of the address, so that it is unique where the address is. */
  private static String mac(Instance instance) {
    var parts = instance.address().split("\\.", -1);
    return "06:00:%02x:%02x:%02x:%02x"
        .formatted(
            Integer.parseInt(parts[0]),
            Integer.parseInt(parts[1]),
            Integer.parseInt(parts[2]),
            Integer.parseInt(parts[3]));
  }

  private static String seconds(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static Optional<Page> text(String text) {
    return Optional.of(new Page("text/plain", text));
  }

  private static Page json(ObjectNode node) {
    return new Page("application/json", new String(Json.write(node), UTF_8));
  }
}
