package io.kodedeploy.simulator.wire;

/**
 * The one account that a simulator has.
 *
 * @param id 12 digits
 * @param region the region of what is created without a signed request (clusters); requests are
 *     answered in the region they are signed for
 */
public record Account(String id, String region) {

  /** {@code arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE}; global services pass an empty region. */
  public String arn(String service, String inRegion, String resource) {
    return "arn:aws:" + service + ":" + inRegion + ":" + id + ":" + resource;
  }
}
