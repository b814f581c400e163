package io.kodedeploy.core.protocol;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Which certificate authorities prove a peer (host-agent.md section 1.8): those of {@code
 * AWS_SSL_CA_BUNDLE}, {@code AWS_SSL_CA_DIRECTORY} (a PEM file or a directory of them) or {@code
 * SSL_CERT_FILE}, the first that is set, instead of the JVM's.
 */
final class TrustedAuthorities {
  private static final List<String> VARIABLES =
      List.of("AWS_SSL_CA_BUNDLE", "AWS_SSL_CA_DIRECTORY", "SSL_CERT_FILE");

  private TrustedAuthorities() {}

  /**
   * Sockets that trust what the environment names, else what the JVM trusts.
   *
   * @throws AgentException {@code configuration-invalid} when nothing usable is there
   */
  static SSLSocketFactory sockets(Map<String, String> environment) {
    var variable =
        VARIABLES.stream()
            .filter(name -> !environment.getOrDefault(name, "").isBlank())
            .findFirst();
    var origin =
        variable.map(name -> name + " " + environment.get(name)).orElse("this Java runtime");
    try {
      var authorities =
          variable.isPresent()
              ? store(Path.of(environment.getOrDefault(variable.get(), "")))
              : null; // the JVM's own
      var context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {manager(authorities, origin)}, null);
      return context.getSocketFactory();
    } catch (IOException | GeneralSecurityException e) {
      throw new AgentException(
          ErrorCode.CONFIGURATION_INVALID,
          origin + " gives no certificate authority: " + e.getMessage(),
          e);
    }
  }

  private static TrustManager manager(@Nullable KeyStore authorities, String origin)
      throws GeneralSecurityException {
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(authorities);
    return Arrays.stream(factory.getTrustManagers())
        .filter(X509ExtendedTrustManager.class::isInstance)
        .map(X509ExtendedTrustManager.class::cast)
        .findFirst()
        .map(checks -> new PeerCertificates(checks, origin))
        .orElseThrow(() -> new CertificateException("this Java runtime checks no certificates"));
  }

  private static KeyStore store(Path source) throws IOException, GeneralSecurityException {
    var certificates = certificates(source);
    if (certificates.isEmpty()) {
      throw new CertificateException("no certificate in it");
    }
    var store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    for (int i = 0; i < certificates.size(); i++) {
      store.setCertificateEntry("authority-" + i, certificates.get(i));
    }
    return store;
  }

  private static List<Certificate> certificates(Path source)
      throws IOException, CertificateException {
    List<Path> files = List.of(source);
    if (Files.isDirectory(source)) {
      try (Stream<Path> entries = Files.list(source)) {
        files = entries.filter(Files::isRegularFile).sorted().toList();
      }
    }
    var result = new ArrayList<Certificate>();
    for (Path file : files) {
      try (var in = Files.newInputStream(file)) {
        result.addAll(CertificateFactory.getInstance("X.509").generateCertificates(in));
      }
    }
    return result;
  }
}
