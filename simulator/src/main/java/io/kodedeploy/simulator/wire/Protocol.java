package io.kodedeploy.simulator.wire;

/** How a service's requests name their operation and how its errors are written. */
public enum Protocol {
  /** AWS JSON 1.1: operation in {@code X-Amz-Target}. */
  JSON,
  /** Form in, XML out: operation in {@code Action}. */
  QUERY,
  /** As {@link #QUERY} with EC2's form of errors and lists. */
  EC2,
  /** REST with XML: the service names the operation. */
  S3
}
