package io.kodedeploy.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxyRuleTest {
  private static final Optional<URI> PROXY = Optional.of(URI.create("http://proxy.internal:3128"));

  @ParameterizedTest(name = "{0} and {1}: {2}")
  @CsvSource({
    "'', https://a.example.com, true",
    "a.example.com, https://a.example.com, false",
    "example.com, https://a.example.com, false",
    ".example.com, https://a.example.com, false",
    ".example.com, https://example.com, false",
    "EXAMPLE.com, https://a.Example.COM, false",
    "ample.com, https://a.example.com, true",
    "example.com:443, https://a.example.com, false",
    "example.com:8443, https://a.example.com, true",
    "example.com:8443, https://a.example.com:8443, false",
    "'x, 10.0.0.5 ,y', http://10.0.0.5:80, false",
    "10.0.0.5, http://10.0.0.55, true",
    "*, https://a.example.com, false",
    "',, ', https://a.example.com, true"
  })
  void knowsWhoIsReachedDirectly(String exceptions, URI peer, boolean throughTheProxy) {
    assertThat(ProxyRule.of(PROXY, peer, Map.of("no_proxy", exceptions)).isPresent())
        .isEqualTo(throughTheProxy);
    assertThat(ProxyRule.of(PROXY, peer, Map.of("NO_PROXY", exceptions)).isPresent())
        .isEqualTo(throughTheProxy);
    assertThat(ProxyRule.of(Optional.empty(), peer, Map.of("no_proxy", exceptions))).isEmpty();
  }
}
