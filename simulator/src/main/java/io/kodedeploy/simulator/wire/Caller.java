package io.kodedeploy.simulator.wire;

import java.util.Map;
import java.util.Set;

/**
 * Who signed a request.
 *
 * @param arn principal as GetCallerIdentity names it: a user's ARN, or {@code
 *     arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION}
 * @param account the account's 12 digits
 * @param userId the unique id that IAM gives ({@code AIDA...}, {@code AROA...:SESSION})
 * @param tags session tags ({@code aws:PrincipalTag/KEY})
 * @param transitive keys of those that a session has which this one opens
 */
public record Caller(
    String arn, String account, String userId, Map<String, String> tags, Set<String> transitive) {
  /** Copies the tags. */
  public Caller {
    tags = Map.copyOf(tags);
    transitive = Set.copyOf(transitive);
  }

  /** A caller without session tags. */
  public Caller(String arn, String account, String userId) {
    this(arn, account, userId, Map.of(), Set.of());
  }

  /** The session name of an assumed role, or the last part of a user's ARN. */
  public String name() {
    return arn.substring(arn.lastIndexOf('/') + 1);
  }
}
