package io.kodedeploy.cli.record;

import io.kodedeploy.cli.aws.Aws;
import io.kodedeploy.cli.console.CliException;
import io.kodedeploy.cli.console.Problem;
import io.kodedeploy.cli.naming.Keys;
import io.kodedeploy.core.record.HostRecord;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Object;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads the records of an environment. */
public final class HostRecords {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Aws aws;
  private final String bucket;

  /** Reads from this bucket. */
  public HostRecords(Aws aws, String bucket) {
    this.aws = aws;
    this.bucket = bucket;
  }

  /** Every record of the environment; what a record is about stands in it, not in its key. */
  public List<HostView> of(String environment) {
    return aws
        .s3()
        .listObjectsV2Paginator(
            request -> request.bucket(bucket).prefix(Keys.hostRecords(environment)))
        .contents()
        .stream()
        .map(S3Object::key)
        .filter(key -> key.endsWith(".json"))
        .map(this::read)
        .toList();
  }

  /** The record of one host, empty when it has never written one. */
  public Optional<HostView> of(String environment, String namespace, String cluster) {
    try {
      return Optional.of(read(HostRecord.key(environment, namespace, cluster)));
    } catch (NoSuchKeyException _) {
      return Optional.empty();
    }
  }

  private HostView read(String key) {
    String text =
        aws.s3().getObjectAsBytes(request -> request.bucket(bucket).key(key)).asUtf8String();
    try {
      return parse(text);
    } catch (JacksonException | DateTimeException e) {
      throw new CliException(
              Problem.UNEXPECTED,
              "s3://" + bucket + "/" + key + " is no host record: " + e.getMessage() + ".",
              "upgrade kode, or delete that object if no agent of ours wrote it.")
          .because(e);
    }
  }

  static HostView parse(String text) {
    var node = JSON.readTree(text);
    var applications = new TreeMap<String, HostView.ApplicationView>();
    for (var entry : node.required("applications").properties()) {
      applications.put(entry.getKey(), application(entry.getValue()));
    }
    return new HostView(
        node.required("environment").asString(),
        node.required("namespace").asString(),
        node.required("cluster").asString(),
        Instant.parse(node.required("written").asString()),
        applications);
  }

  private static HostView.ApplicationView application(JsonNode node) {
    return new HostView.ApplicationView(
        text(node, "wanted"),
        text(node, "installed"),
        text(node, "sha256"),
        node.path("ready").asBoolean(false),
        text(node, "reason"));
  }

  private static String text(JsonNode node, String key) {
    var value = node.path(key);
    return value.isString() ? value.asString() : "";
  }
}
