package io.kodedeploy.core.spec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.core.conformance.Specifications;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.util.CollectionStore;
import org.junit.jupiter.api.Test;

class SignedContentTest {
  private static final byte[] CONTENT = "content".getBytes(UTF_8);
  private static final KeyPair RSA = keys("RSA", 2048);
  private static final KeyPair EC = keys("EC", 256);

  @Test
  void acceptsACertificateOutsideItsValidityPeriod() throws Exception { // HA-127
    var message = sign("RSA", "SHA256withRSA", Instant.parse("2011-01-01T00:00:00Z"), true, true);

    assertThat(SignedContent.open(message)).isEqualTo(CONTENT);
  }

  @Test
  void acceptsEcdsaWithoutSignedAttributes() throws Exception {
    assertThat(SignedContent.open(sign("EC", "SHA384withECDSA", Instant.now(), false, true)))
        .isEqualTo(CONTENT);
  }

  @Test
  void acceptsSha1AsTheServiceOnceUsed() throws Exception {
    assertThat(SignedContent.open(sign("RSA", "SHA1withRSA", Instant.now(), true, true)))
        .isEqualTo(CONTENT);
  }

  @Test
  void acceptsDerAndTheLabelCms() throws Exception {
    var pem = sign("RSA", "SHA512withRSA", Instant.now(), true, true);
    var der = Base64.getDecoder().decode(pem.replaceAll("-----.*-----|\\s", ""));

    assertThat(SignedContent.open(new String(der, ISO_8859_1))).isEqualTo(CONTENT);
    assertThat(SignedContent.open(pem.replace("PKCS7", "CMS"))).isEqualTo(CONTENT);
  }

  @Test
  void refusesADigestThatIsTooWeak() throws Exception {
    refused(sign("RSA", "MD5withRSA", Instant.now(), true, true), "unknown algorithm");
  }

  @Test
  void refusesASignerWhoseCertificateIsMissing() throws Exception {
    refused(sign("RSA", "SHA256withRSA", Instant.now(), true, false), "certificate is missing");
  }

  @Test
  void refusesAMessageWithoutSigner() throws Exception {
    var message = new CMSSignedDataGenerator().generate(new CMSProcessableByteArray(CONTENT), true);

    refused(pem(message.getEncoded()), "has no signer");
  }

  @Test
  void refusesADetachedSignature() throws Exception {
    var message =
        new CMSSignedDataGenerator().generate(new CMSProcessableByteArray(CONTENT), false);

    refused(pem(message.getEncoded()), "embeds no data");
  }

  @Test
  void refusesWhatIsNoMessageAtAll() {
    for (var text : List.of("", "{}", "-----BEGIN PKCS7-----\n-----END PKCS7-----\n", "0")) {
      assertThatThrownBy(() -> SignedContent.open(text))
          .hasMessage("Deployment specification signature could not be verified");
    }
  }

  @Test
  void neverShowsTheTokenOfASpecification() { // HA-150
    var spec = Specifications.with(Map.of("GitHubAccessToken", "s3cret-token"));

    assertThat(spec.gitHubToken()).contains("s3cret-token");
    assertThat(spec.toString()).contains("REDACTED").doesNotContain("s3cret-token");
  }

  private static void refused(String message, String why) {
    assertThatThrownBy(() -> SignedContent.open(message))
        .hasMessage("Deployment specification signature could not be verified")
        .cause()
        .hasMessageContaining(why);
  }

  private static String sign(
      String keys, String algorithm, Instant expiry, boolean attributes, boolean certificate)
      throws Exception {
    var pair = keys.equals("EC") ? EC : RSA;
    var holder = certificate(pair, keys.equals("EC") ? "SHA256withECDSA" : "SHA256withRSA", expiry);
    var generator = new CMSSignedDataGenerator();
    generator.addSignerInfoGenerator(
        new JcaSignerInfoGeneratorBuilder(new JcaDigestCalculatorProviderBuilder().build())
            .setDirectSignature(!attributes)
            .build(new JcaContentSignerBuilder(algorithm).build(pair.getPrivate()), holder));
    if (certificate) {
      generator.addCertificates(new CollectionStore<>(List.of(holder)));
    }
    return pem(generator.generate(new CMSProcessableByteArray(CONTENT), true).getEncoded());
  }

  private static X509CertificateHolder certificate(KeyPair pair, String algorithm, Instant expiry)
      throws Exception {
    var name = new X500Name("CN=codedeploy-signer-test");
    return new JcaX509v3CertificateBuilder(
            name,
            BigInteger.ONE,
            Date.from(Instant.parse("2010-01-01T00:00:00Z")),
            Date.from(expiry),
            name,
            pair.getPublic())
        .build(new JcaContentSignerBuilder(algorithm).build(pair.getPrivate()));
  }

  private static KeyPair keys(String algorithm, int bits) {
    try {
      var generator = KeyPairGenerator.getInstance(algorithm);
      generator.initialize(bits);
      return generator.generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static String pem(byte[] der) {
    return "-----BEGIN PKCS7-----\n%s\n-----END PKCS7-----\n"
        .formatted(Base64.getMimeEncoder().encodeToString(der));
  }
}
