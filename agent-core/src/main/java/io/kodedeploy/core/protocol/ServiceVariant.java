package io.kodedeploy.core.protocol;

import io.kodedeploy.core.config.CodeDeployAgentConfig;

/**
 * The three faces of the command service (host-agent.md section 1.2); operations and shapes are the
 * same.
 */
enum ServiceVariant {
  STANDARD("codedeploy-commands", "CodeDeployCommandService_v20141006"),
  SECURE("codedeploy-commands-secure", "CodeDeployCommandService"),
  MOCK("codedeploy-commands", "ApolloDeployControlService_mock");

  private final String signingName;
  private final String targetPrefix;

  ServiceVariant(String signingName, String targetPrefix) {
    this.signingName = signingName;
    this.targetPrefix = targetPrefix;
  }

  static ServiceVariant of(CodeDeployAgentConfig config) {
    if (config.secure()) {
      return SECURE;
    }
    return config.mock() ? MOCK : STANDARD;
  }

  /** Service of the signature, whatever the host is called. */
  String signingName() {
    return signingName;
  }

  /** Value of {@code X-Amz-Target}. */
  String target(String operation) {
    return targetPrefix + "." + operation;
  }
}
