package io.kodedeploy.namespace.run;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A key and a certificate signed by itself, made anew by each process and known to nobody else:
 * Jobs trust it by its digest. Bouncy Castle makes it, which is on the class path for the
 * signatures of specifications; its classes are loaded with the first Job.
 *
 * @param context what a server shows
 * @param digest SHA-256 of the certificate, in hexadecimal
 */
record BundleCertificate(SSLContext context, String digest) {
  private static final Duration VALID = Duration.ofDays(3650);
  private static final Duration CLOCKS_DIFFER = Duration.ofDays(1);

  static BundleCertificate make() {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      var pair = generator.generateKeyPair();
      var name = new X500Name("CN=kodedeploy-agent");
      var now = Instant.now();
      var certificate =
          new JcaX509CertificateConverter()
              .getCertificate(
                  new JcaX509v3CertificateBuilder(
                          name,
                          new BigInteger(64, new SecureRandom()),
                          Date.from(now.minus(CLOCKS_DIFFER)),
                          Date.from(now.plus(VALID)),
                          name,
                          pair.getPublic())
                      .build(
                          new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate())));
      var store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("agent", pair.getPrivate(), new char[0], new Certificate[] {certificate});
      var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, new char[0]);
      var context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return new BundleCertificate(context, digest(certificate));
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new IllegalStateException("every JDK makes an EC key and signs with it", e);
    }
  }

  /** How a certificate is known. */
  static String digest(Certificate certificate) throws GeneralSecurityException {
    var sha256 = MessageDigest.getInstance("SHA-256");
    return HexFormat.of().formatHex(sha256.digest(certificate.getEncoded()));
  }
}
