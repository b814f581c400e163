package io.kodedeploy.simulator.ec2;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An EC2 instance as it is at one time.
 *
 * @param address its own loopback address, its private IP
 * @param role of its instance profile
 */
public record Instance(
    String id,
    String address,
    String region,
    String availabilityZone,
    Instant launched,
    boolean running,
    Optional<String> role,
    Map<String, String> tags,
    MetadataOptions metadataOptions) {

  /** Facts that no behaviour depends on. */
  static final String IMAGE = "ami-0c0ffee0c0ffee0c0";

  static final String TYPE = "m7g.large";
  static final String VPC = "vpc-0123456789abcdef0";
  static final String SUBNET = "subnet-0123456789abcdef0";

  /**
   * How the metadata service behaves.
   *
   * @param tokensRequired version 2 only
   * @param tags whether instance tags are shown
   */
  public record MetadataOptions(boolean tokensRequired, boolean tags) {
    /** Version 2 only, with tags. */
    public static final MetadataOptions DEFAULTS = new MetadataOptions(true, true);
  }

  /** Copies the tags. */
  public Instance {
    tags = Map.copyOf(tags);
  }

  /** {@code ip-127-0-1-1}: the name of its Kubernetes node. */
  public String hostName() {
    return "ip-" + address.replace('.', '-');
  }

  Instance terminated() {
    return new Instance(
        id, address, region, availabilityZone, launched, false, role, tags, metadataOptions);
  }

  Instance withTags(Map<String, String> changed) {
    return new Instance(
        id,
        address,
        region,
        availabilityZone,
        launched,
        running,
        role,
        new TreeMap<>(changed),
        metadataOptions);
  }

  Instance withMetadataOptions(MetadataOptions changed) {
    return new Instance(
        id, address, region, availabilityZone, launched, running, role, tags, changed);
  }
}
