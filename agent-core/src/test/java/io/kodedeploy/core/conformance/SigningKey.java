package io.kodedeploy.core.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigInteger;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/**
 * Signs specifications as the service does, with a key that exists for one test run. Its
 * certificate expired long ago, so that every test that succeeds proves HA-127.
 */
public final class SigningKey {
  private static final CMSSignedDataGenerator GENERATOR = generator();

  private SigningKey() {}

  private static CMSSignedDataGenerator generator() {
    try {
      var keys = KeyPairGenerator.getInstance("RSA").generateKeyPair();
      var signer = new JcaContentSignerBuilder("SHA256withRSA").build(keys.getPrivate());
      var name = new X500Name("CN=codedeploy-signer-test");
      var issued = Instant.parse("2001-01-01T00:00:00Z");
      var certificate =
          new JcaX509CertificateConverter()
              .getCertificate(
                  new JcaX509v3CertificateBuilder(
                          name,
                          BigInteger.ONE,
                          Date.from(issued),
                          Date.from(issued.plusSeconds(3600)),
                          name,
                          keys.getPublic())
                      .build(signer));
      var generator = new CMSSignedDataGenerator();
      generator.addSignerInfoGenerator(
          new JcaSignerInfoGeneratorBuilder(new JcaDigestCalculatorProviderBuilder().build())
              .build(signer, certificate));
      generator.addCertificates(new JcaCertStore(List.of(certificate)));
      return generator;
    } catch (Exception e) {
      throw new AssertionError("the test's own key", e);
    }
  }

  /** The payload of an envelope with that content. */
  public static synchronized String sign(String json) {
    try {
      byte[] der =
          GENERATOR.generate(new CMSProcessableByteArray(json.getBytes(UTF_8)), true).getEncoded();
      return "-----BEGIN PKCS7-----\n"
          + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
          + "\n-----END PKCS7-----\n";
    } catch (Exception e) {
      throw new AssertionError("signing " + json, e);
    }
  }
}
