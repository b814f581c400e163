package io.kodedeploy.core.protocol;

import io.kodedeploy.core.config.CodeDeployAgentConfig;
import java.net.URI;
import java.util.Optional;

/** Where the command service is (host-agent.md section 1.3). */
final class Endpoint {
  private Endpoint() {}

  /**
   * The base URL.
   *
   * @param region of the host
   * @param domain what the instance metadata said, never given for an on-premises host
   */
  static URI resolve(CodeDeployAgentConfig config, String region, Optional<String> domain) {
    if (config.controlEndpoint().isPresent()) {
      return config.controlEndpoint().get();
    }
    String label =
        "codedeploy-commands" + (config.secure() ? "-secure" : "") + (config.fips() ? "-fips" : "");
    return URI.create(
        "https://" + label + "." + region + "." + domain.orElseGet(() -> domainOf(region)));
  }

  private static String domainOf(String region) {
    if (region.equals("eusc-de-east-1")) {
      return "amazonaws.eu";
    }
    return region.startsWith("cn-") || region.equals("cn") ? "amazonaws.com.cn" : "amazonaws.com";
  }
}
