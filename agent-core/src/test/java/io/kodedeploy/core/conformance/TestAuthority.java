package io.kodedeploy.core.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority that exists for one test run, and servers it vouches for. */
public final class TestAuthority {
  private static final char[] PASSWORD = "test".toCharArray();

  private final KeyPair keys;
  private final X500Name name;
  private final X509Certificate certificate;

  public TestAuthority(String commonName) {
    try {
      keys = generate();
      name = new X500Name("CN=" + commonName);
      var builder = certificate(name, name, keys, Instant.now().plusSeconds(3600));
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      certificate = signed(builder);
    } catch (Exception e) {
      throw new AssertionError("the test's own authority", e);
    }
  }

  /** A server's side of TLS, for a certificate of that IP address that ends at that time. */
  public SSLContext server(String address, Instant notAfter) {
    try {
      var own = generate();
      var builder = certificate(name, new X500Name("CN=server " + address), own, notAfter);
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(new GeneralName(GeneralName.iPAddress, address)));
      var store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          "server", own.getPrivate(), PASSWORD, new Certificate[] {signed(builder), certificate});
      var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      managers.init(store, PASSWORD);
      var context = SSLContext.getInstance("TLS");
      context.init(managers.getKeyManagers(), null, null);
      return context;
    } catch (Exception e) {
      throw new AssertionError("the test's own certificate", e);
    }
  }

  /** A server's side of TLS that clients which trust this authority accept at 127.0.0.1. */
  public SSLContext server() {
    return server("127.0.0.1", Instant.now().plusSeconds(3600));
  }

  /** Writes its certificate as PEM. */
  public Path pem(Path file) {
    try {
      return Files.writeString(
          file,
          "-----BEGIN CERTIFICATE-----\n"
              + Base64.getMimeEncoder(64, new byte[] {'\n'})
                  .encodeToString(certificate.getEncoded())
              + "\n-----END CERTIFICATE-----\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (java.security.cert.CertificateEncodingException e) {
      throw new AssertionError("the test's own certificate", e);
    }
  }

  private JcaX509v3CertificateBuilder certificate(
      X500Name issuer, X500Name subject, KeyPair subjectKeys, Instant notAfter) {
    return new JcaX509v3CertificateBuilder(
        issuer,
        BigInteger.valueOf(System.nanoTime()),
        Date.from(Instant.now().minusSeconds(7200)),
        Date.from(notAfter),
        subject,
        subjectKeys.getPublic());
  }

  private X509Certificate signed(JcaX509v3CertificateBuilder builder) throws Exception {
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
  }

  private static KeyPair generate() throws Exception {
    var generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    return generator.generateKeyPair();
  }
}
