package io.kodedeploy.simulator.commands;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Signs specifications: CMS SignedData with the content and a self-made certificate inside, RSA and
 * SHA-256, PEM label {@code PKCS7} (codedeploy-service.md 2.5). The key is made at the first use.
 * Thread-safe.
 */
final class SpecificationSigner {
  private static final String NAME = "CN=codedeploy-signer.simulator.kodedeploy.io";

  /** Wide enough for any simulated time: one agent compares the signing time with it. */
  private static final Instant VALID_FROM = Instant.parse("2000-01-01T00:00:00Z");

  private static final Instant VALID_UNTIL = Instant.parse("2199-12-31T00:00:00Z");

  private static final int REMEMBERED = 64;

  private @Nullable CMSSignedDataGenerator generator;

  /** Every host of a deployment asks for the same text, once for each command. */
  private final Map<ByteBuffer, String> signed =
      new LinkedHashMap<>(REMEMBERED, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, String> eldest) {
          return size() > REMEMBERED;
        }
      };

  /** The PEM text. */
  synchronized String sign(byte[] content) {
    return signed.computeIfAbsent(ByteBuffer.wrap(content), _ -> signAnew(content));
  }

  private String signAnew(byte[] content) {
    try {
      if (generator == null) {
        generator = create();
      }
      var signed = generator.generate(new CMSProcessableByteArray(content), true);
      var lines =
          Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
              .encodeToString(signed.getEncoded());
      return "-----BEGIN PKCS7-----\n" + lines + "\n-----END PKCS7-----\n";
    } catch (GeneralSecurityException | OperatorCreationException | CMSException | IOException e) {
      throw new IllegalStateException("the specification could not be signed", e);
    }
  }

  private static CMSSignedDataGenerator create()
      throws GeneralSecurityException, OperatorCreationException, CMSException, IOException {
    var keys = KeyPairGenerator.getInstance("RSA");
    keys.initialize(2048);
    var pair = keys.generateKeyPair();
    var certificate = certificate(pair);
    var generator = new CMSSignedDataGenerator();
    generator.addSignerInfoGenerator(
        new JcaSignerInfoGeneratorBuilder(new JcaDigestCalculatorProviderBuilder().build())
            .build(
                new JcaContentSignerBuilder("SHA256withRSA").build(pair.getPrivate()),
                certificate));
    generator.addCertificates(new JcaCertStore(List.of(certificate)));
    return generator;
  }

  private static X509Certificate certificate(KeyPair pair)
      throws GeneralSecurityException, OperatorCreationException {
    var name = new X500Name(NAME);
    var holder =
        new JcaX509v3CertificateBuilder(
                name,
                BigInteger.valueOf(System.nanoTime()).abs().add(BigInteger.ONE),
                Date.from(VALID_FROM),
                Date.from(VALID_UNTIL),
                name,
                pair.getPublic())
            .build(new JcaContentSignerBuilder("SHA256withRSA").build(pair.getPrivate()));
    return new JcaX509CertificateConverter().getCertificate(holder);
  }
}
