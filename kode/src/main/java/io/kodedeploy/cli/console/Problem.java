package io.kodedeploy.cli.console;

import java.util.Locale;

/**
 * Every failure a command reports. The id, the constant in lower case with dashes, is public:
 * scripts and documentation use it.
 */
public enum Problem {
  ACCESS_KEYS_FULL,
  APPSPEC_AND_COMMAND,
  AWS_REFUSED,
  AWS_UNREACHABLE,
  BUCKET_MISSING,
  CONFIG_FILE_INVALID,
  CREDENTIALS_MISSING,
  DEMO_FAILED,
  DEPLOYMENT_FAILED,
  DEPLOYMENT_RUNNING,
  GROUP_MISMATCH,
  GROUP_MISSING,
  IDENTITY_FILE_CONFLICT,
  INSTANCE_MISMATCH,
  INTERRUPTED,
  JOURNAL_INVALID,
  NOT_BUILT,
  NOTHING_TO_DEPLOY,
  PLATFORM_UNSUPPORTED,
  PREFLIGHT_FAILED,
  PROOF_FAILED,
  REGION_MISSING,
  RELEASE_RUNNING,
  ROLLBACK_FAILED,
  RULE_AMBIGUOUS,
  RULE_MISSING,
  SERVICE_ROLE_MISSING,
  SOURCE_INVALID,
  TARGETS_UNHEALTHY,
  TOPOLOGY_UNSUPPORTED,
  UNEXPECTED,
  USAGE_INVALID,
  WEIGHTS_CHANGED;

  /** The stable id. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
