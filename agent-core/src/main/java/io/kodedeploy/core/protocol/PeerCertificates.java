package io.kodedeploy.core.protocol;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.stream.Collectors;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Checks a peer as another trust manager does, and says in the error which certificates it showed
 * and who is trusted: behind an interception proxy that is what an operator must see.
 */
final class PeerCertificates extends X509ExtendedTrustManager {
  private final X509ExtendedTrustManager checks;
  private final String trusted;

  /**
   * @param trusted where the authorities come from, for the error
   */
  PeerCertificates(X509ExtendedTrustManager checks, String trusted) {
    this.checks = checks;
    this.trusted = trusted;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    worded(chain, () -> checks.checkServerTrusted(chain, type, socket));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    worded(chain, () -> checks.checkServerTrusted(chain, type, engine));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    worded(chain, () -> checks.checkServerTrusted(chain, type));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    checks.checkClientTrusted(chain, type, socket);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    checks.checkClientTrusted(chain, type, engine);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    checks.checkClientTrusted(chain, type);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return checks.getAcceptedIssuers();
  }

  private interface Check {
    void run() throws CertificateException;
  }

  private void worded(X509Certificate[] chain, Check check) throws CertificateException {
    try {
      check.run();
    } catch (CertificateException e) {
      throw new CertificateException(
          e.getMessage()
              + "; the peer showed "
              + summary(chain)
              + "; trusted are "
              + checks.getAcceptedIssuers().length
              + " authorities of "
              + trusted,
          e);
    }
  }

  private static String summary(X509Certificate[] chain) {
    return Arrays.stream(chain)
        .map(
            c ->
                "[%s issued by %s, valid %tF to %tF]"
                    .formatted(
                        c.getSubjectX500Principal().getName(),
                        c.getIssuerX500Principal().getName(),
                        c.getNotBefore(),
                        c.getNotAfter()))
        .collect(Collectors.joining(" "));
  }
}
