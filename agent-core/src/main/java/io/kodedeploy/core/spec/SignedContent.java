package io.kodedeploy.core.spec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Collection;
import java.util.Set;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1InputStream;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.jspecify.annotations.Nullable;

/**
 * Opens a PKCS7 envelope and verifies its signature (host-agent.md 5.2). Neither validity period
 * nor chain is checked: the authorities of the service's signers have long expired, TLS is what
 * proves the service. Every signature there is must verify.
 */
final class SignedContent {
  private static final Pattern PEM =
      Pattern.compile(
          "-----BEGIN (PKCS7|CMS)-----(?<body>[A-Za-z0-9+/=\\s]*)-----END \\1-----\\s*");
  private static final Set<String> DIGESTS =
      Set.of(
          "1.3.14.3.2.26", // SHA-1
          "2.16.840.1.101.3.4.2.1", // SHA-256
          "2.16.840.1.101.3.4.2.2", // SHA-384
          "2.16.840.1.101.3.4.2.3"); // SHA-512
  private static final Set<String> SIGNATURES =
      Set.of(
          "1.2.840.113549.1.1.1", // RSA, digest as the signer states
          "1.2.840.113549.1.1.5", // SHA-1 with RSA
          "1.2.840.113549.1.1.11", // SHA-256 with RSA
          "1.2.840.113549.1.1.12", // SHA-384 with RSA
          "1.2.840.113549.1.1.13", // SHA-512 with RSA
          "1.2.840.10045.4.1", // ECDSA with SHA-1
          "1.2.840.10045.4.3.2", // ECDSA with SHA-256
          "1.2.840.10045.4.3.3", // ECDSA with SHA-384
          "1.2.840.10045.4.3.4"); // ECDSA with SHA-512

  private SignedContent() {}

  /** The signed bytes of a PEM text or of DER bytes carried in a text. */
  static byte[] open(String payload) {
    try {
      var signed = new CMSSignedData(contentInfo(der(payload)));
      if (!signed.getSignedContentTypeOID().equals(CMSObjectIdentifiers.data.getId())
          || signed.getSignedContent() == null) {
        throw unverified("the message embeds no data", null);
      }
      if (signed.getSignerInfos().size() == 0) {
        throw unverified("the message has no signer", null);
      }
      for (var signer : signed.getSignerInfos()) {
        verify(signed, signer);
      }
      return (byte[]) signed.getSignedContent().getContent();
    } catch (AgentException e) {
      throw e;
    } catch (CMSException
        | IOException
        | GeneralSecurityException
        | OperatorCreationException
        | RuntimeException e) { // BouncyCastle answers broken structures with many of its own
      throw unverified("the message cannot be read", e);
    }
  }

  private static void verify(CMSSignedData signed, SignerInformation signer)
      throws CMSException, GeneralSecurityException, OperatorCreationException {
    if (!DIGESTS.contains(signer.getDigestAlgOID())
        || !SIGNATURES.contains(signer.getEncryptionAlgOID())) {
      throw unverified(
          "unknown algorithm " + signer.getDigestAlgOID() + " " + signer.getEncryptionAlgOID(),
          null);
    }
    @SuppressWarnings("unchecked") // a SignerId selects certificates, its raw type hides it
    Collection<X509CertificateHolder> certificates =
        signed.getCertificates().getMatches(signer.getSID());
    if (certificates.isEmpty()) {
      throw unverified("the signer's certificate is missing", null);
    }
    var certificate =
        new JcaX509CertificateConverter().getCertificate(certificates.iterator().next());
    // The key, not the certificate: with that the library would check the validity period.
    var verifier = new JcaSimpleSignerInfoVerifierBuilder().build(certificate.getPublicKey());
    if (!signer.verify(verifier)) {
      throw unverified("the signature does not fit the content", null);
    }
  }

  private static ContentInfo contentInfo(byte[] der) throws IOException {
    try (var input = new ASN1InputStream(der)) {
      var info = ContentInfo.getInstance(input.readObject());
      if (info == null || !info.getContentType().equals(CMSObjectIdentifiers.signedData)) {
        throw unverified("the message is not signed data", null);
      }
      return info;
    }
  }

  private static byte[] der(String payload) {
    var pem = PEM.matcher(payload.strip());
    return pem.matches()
        ? Base64.getDecoder().decode(pem.group("body").replaceAll("\\s", ""))
        : payload.getBytes(ISO_8859_1);
  }

  private static AgentException unverified(String why, @Nullable Throwable cause) {
    return new AgentException(
        ErrorCode.SPECIFICATION_UNTRUSTED,
        "Deployment specification signature could not be verified",
        new IOException(why, cause));
  }
}
