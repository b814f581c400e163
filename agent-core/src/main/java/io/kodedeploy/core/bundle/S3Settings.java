package io.kodedeploy.core.bundle;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * How this host reads from Amazon S3.
 *
 * @param region signing region and region of the endpoint
 * @param endpoint {@code s3_endpoint_override}; wins over everything
 * @param fips {@code use_fips_mode}
 * @param proxy {@code proxy_uri} and {@code no_proxy}
 * @param readTimeout longest silence of the service
 */
public record S3Settings(
    String region, Optional<URI> endpoint, boolean fips, ProxyRules proxy, Duration readTimeout) {

  /** Never shows the proxy's password. */
  @Override
  public String toString() {
    return "S3Settings[region=%s, endpoint=%s, fips=%s, proxy=%s]"
        .formatted(region, endpoint, fips, proxy);
  }
}
