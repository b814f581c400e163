package io.kodedeploy.simulator.wire;

/**
 * Who signed a request.
 *
 * @param arn principal as GetCallerIdentity names it: a user's ARN, or {@code
 *     arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION}
 * @param account the account's 12 digits
 * @param userId the unique id that IAM gives ({@code AIDA...}, {@code AROA...:SESSION})
 */
public record Caller(String arn, String account, String userId) {

  /** The session name of an assumed role, or the last part of a user's ARN. */
  public String name() {
    return arn.substring(arn.lastIndexOf('/') + 1);
  }
}
