package io.kodedeploy.namespace.catchup;

import io.kodedeploy.core.identity.HostIdentity;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.urlconnection.ProxyConfiguration;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.codedeploy.CodeDeployClient;

/** Makes the client of CodeDeploy's own API, as a host signs it. */
final class CodeDeployClients {
  private CodeDeployClients() {}

  /** A client, which the caller closes. */
  static CodeDeployClient of(
      HostIdentity identity, Optional<URI> proxy, ExecutionInterceptor interceptor) {
    var http = UrlConnectionHttpClient.builder();
    proxy.ifPresent(
        uri ->
            http.proxyConfiguration(
                ProxyConfiguration.builder()
                    .endpoint(uri)
                    .useSystemPropertyValues(false)
                    .useEnvironmentVariablesValues(false)
                    .build()));
    return CodeDeployClient.builder()
        .region(Region.of(identity.region()))
        .credentialsProvider(identity.credentials())
        .httpClientBuilder(http)
        .overrideConfiguration(
            o ->
                o.apiCallTimeout(Duration.ofMinutes(1))
                    .apiCallAttemptTimeout(Duration.ofSeconds(15))
                    .addExecutionInterceptor(interceptor))
        .build();
  }
}
