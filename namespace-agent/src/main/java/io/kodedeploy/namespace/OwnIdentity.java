package io.kodedeploy.namespace;

import io.kodedeploy.core.config.CodeDeployAgentConfig;
import io.kodedeploy.core.config.ConfigRefused;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.identity.HostIdentity;
import io.kodedeploy.core.identity.OnPremisesIdentity;
import java.util.List;
import java.util.Map;

/** Who the host of a namespace is: always an on-premises instance. */
final class OwnIdentity {
  private OwnIdentity() {}

  /**
   * Reads the on-premises file.
   *
   * @throws ConfigRefused when it is missing, names no host, or is wrong
   */
  static HostIdentity read(CodeDeployAgentConfig host, Map<String, String> environment) {
    try {
      return OnPremisesIdentity.read(host.onPremisesFile(), environment)
          .orElseThrow(
              () ->
                  new ConfigRefused(
                      List.of(
                          "on_premises_config_file: "
                              + host.onPremisesFile()
                              + " is missing or names no host; a namespace agent is always an"
                              + " on-premises instance (kode init makes the file)")));
    } catch (AgentException e) {
      if (e.code() == ErrorCode.IDENTITY_INVALID) {
        throw new ConfigRefused(List.of(host.onPremisesFile() + ": " + e.getMessage()));
      }
      throw e;
    }
  }
}
