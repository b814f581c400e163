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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/**
 * Own certificate authorities instead of the JVM's (host-agent.md section 1.8): {@code
 * AWS_SSL_CA_BUNDLE}, {@code AWS_SSL_CA_DIRECTORY} (a PEM file or a directory of them), {@code
 * SSL_CERT_FILE}, the first that is set.
 */
final class TrustedAuthorities {
  private static final List<String> VARIABLES =
      List.of("AWS_SSL_CA_BUNDLE", "AWS_SSL_CA_DIRECTORY", "SSL_CERT_FILE");

  private TrustedAuthorities() {}

  /**
   * Sockets that trust what the environment names; empty when it names nothing.
   *
   * @throws AgentException {@code configuration-invalid} when nothing usable is there
   */
  static Optional<SSLSocketFactory> of(Map<String, String> environment) {
    return VARIABLES.stream()
        .filter(name -> !environment.getOrDefault(name, "").isBlank())
        .findFirst()
        .map(name -> sockets(name, Path.of(environment.getOrDefault(name, ""))));
  }

  private static SSLSocketFactory sockets(String variable, Path source) {
    try {
      var certificates = certificates(source);
      if (certificates.isEmpty()) {
        throw new CertificateException("no certificate in it");
      }
      var store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (int i = 0; i < certificates.size(); i++) {
        store.setCertificateEntry("authority-" + i, certificates.get(i));
      }
      var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(store);
      var context = SSLContext.getInstance("TLS");
      context.init(null, managers.getTrustManagers(), null);
      return context.getSocketFactory();
    } catch (IOException | GeneralSecurityException e) {
      throw new AgentException(
          ErrorCode.CONFIGURATION_INVALID,
          variable + " " + source + " gives no certificate authority: " + e.getMessage(),
          e);
    }
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
