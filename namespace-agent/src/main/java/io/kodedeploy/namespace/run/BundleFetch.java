package io.kodedeploy.namespace.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.DigestInputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HexFormat;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** One attempt to fetch a bundle into a folder, as the pod of a Job does it. */
final class BundleFetch {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final int PERMISSIONS = 0777;

  private final URI url;
  private final Path secret;
  private final Path target;

  /**
   * A fetch, not begun.
   *
   * @param secret folder with {@code token} and {@code certificate}, read at every attempt: a
   *     restarted agent has another certificate
   * @param target folder that is emptied and filled
   */
  BundleFetch(URI url, Path secret, Path target) {
    this.url = url;
    this.secret = secret;
    this.target = target;
  }

  /**
   * Fetches, unpacks, acknowledges.
   *
   * @throws IOException when it has to be done again
   */
  void attempt() throws IOException, InterruptedException {
    var authorization = "Bearer " + read(JobManifest.TOKEN);
    try (var client =
        HttpClient.newBuilder()
            .sslContext(trusting(read(JobManifest.CERTIFICATE)))
            .connectTimeout(TIMEOUT)
            .build()) {
      var request =
          HttpRequest.newBuilder(url).timeout(TIMEOUT).header("Authorization", authorization);
      var answer = client.send(request.build(), BodyHandlers.ofInputStream());
      try (var body = answer.body()) {
        if (answer.statusCode() != 200) {
          throw new IOException("the agent answers " + answer.statusCode());
        }
        var digest = unpack(body);
        var received =
            HttpRequest.newBuilder(URI.create(url + "/received"))
                .timeout(Duration.ofMinutes(2)) // the agent reads the bundle once more
                .header("Authorization", authorization)
                .POST(BodyPublishers.ofString(digest));
        var taken = client.send(received.build(), BodyHandlers.discarding());
        if (taken.statusCode() != 204) {
          throw new IOException(
              taken.statusCode() == 409
                  ? "the bundle arrived damaged"
                  : "the agent answers " + taken.statusCode());
        }
      }
    }
  }

  private String read(String name) throws IOException {
    return Files.readString(secret.resolve(name)).strip();
  }

  private String unpack(InputStream body) throws IOException {
    try (var files = Files.walk(target)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        if (!file.equals(target)) {
          Files.delete(file);
        }
      }
    }
    var sha256 = sha256();
    var bytes = new DigestInputStream(body, sha256);
    var tar = new TarArchiveInputStream(bytes, UTF_8.name());
    var folders = new ArrayList<TarArchiveEntry>();
    for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
      var path = place(entry.getName());
      if (entry.isDirectory()) {
        Files.createDirectory(path);
        folders.add(entry);
      } else if (entry.isSymbolicLink()) {
        Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
      } else {
        Files.copy(tar, path);
        settle(path, entry);
      }
    }
    bytes.transferTo(OutputStream.nullOutputStream());
    for (var folder : folders.reversed()) { // a folder without the right to write is filled first
      settle(place(folder.getName()), folder);
    }
    return HexFormat.of().formatHex(sha256.digest());
  }

  /** Inside the folder, and not through a link. */
  private Path place(String name) throws IOException {
    var path = target.resolve(name).normalize();
    var parent = path.getParent();
    if (!path.startsWith(target)
        || path.equals(target)
        || parent == null
        || !parent.toRealPath().equals(target.toRealPath().resolve(target.relativize(parent)))) {
      throw new IOException("a name in the bundle leads outside of it");
    }
    return path;
  }

  private static void settle(Path path, TarArchiveEntry entry) throws IOException {
    int mode = entry.getMode() & PERMISSIONS;
    var permissions = EnumSet.noneOf(PosixFilePermission.class);
    var all = PosixFilePermission.values(); // owner read first, others execute last
    for (int bit = 0; bit < all.length; bit++) {
      if ((mode & (0400 >> bit)) != 0) {
        permissions.add(all[bit]);
      }
    }
    Files.setPosixFilePermissions(path, permissions);
    Files.setLastModifiedTime(path, entry.getLastModifiedTime());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static SSLContext trusting(String digest) {
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new Pinned(digest)}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has TLS", e);
    }
  }

  /** Trusts one certificate, whatever name and dates it has. */
  private static final class Pinned extends X509ExtendedTrustManager {
    private final String digest;

    Pinned(String digest) {
      this.digest = digest;
    }

    private void check(X509Certificate[] chain) throws CertificateException {
      try {
        if (!BundleCertificate.digest(chain[0]).equals(digest)) {
          throw new CertificateException("this is not the agent's certificate");
        }
      } catch (CertificateException e) {
        throw e;
      } catch (GeneralSecurityException e) {
        throw new CertificateException(e);
      }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw new CertificateException("no client is trusted");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      checkClientTrusted(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      checkClientTrusted(chain, type);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
