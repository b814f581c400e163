package io.kodedeploy.core.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Optional;
import javax.net.ssl.SSLSocketFactory;

/**
 * TLS sockets through a proxy's tunnel. The JDK's own tunnels send no basic credentials unless a
 * property of the whole process allows it ({@code jdk.http.auth.tunneling.disabledSchemes}), and
 * would show them to the peer instead. The peer's name is resolved by the proxy.
 */
final class TunnelSockets extends SSLSocketFactory {
  private static final int LONGEST_HEAD = 64 << 10;

  private final SSLSocketFactory tls;
  private final URI proxy;
  private final Optional<String> authorization;

  TunnelSockets(SSLSocketFactory tls, URI proxy, Optional<String> authorization) {
    this.tls = tls;
    this.proxy = proxy;
    this.authorization = authorization;
  }

  /** A plain socket that opens the tunnel when it connects; the caller puts TLS upon it. */
  @Override
  public Socket createSocket() {
    return new Tunnel();
  }

  @Override
  public Socket createSocket(Socket tunnel, String host, int port, boolean autoClose)
      throws IOException {
    return tls.createSocket(tunnel, host, port, autoClose);
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    var tunnel = createSocket();
    tunnel.connect(InetSocketAddress.createUnresolved(host, port));
    return createSocket(tunnel, host, port, true);
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    return createSocket(host, port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return createSocket(host.getHostAddress(), port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    return createSocket(host, port);
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return tls.getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return tls.getSupportedCipherSuites();
  }

  private final class Tunnel extends Socket {
    @Override
    public void connect(SocketAddress peer) throws IOException {
      connect(peer, 0);
    }

    @Override
    public void connect(SocketAddress peer, int timeout) throws IOException {
      var target = (InetSocketAddress) peer;
      super.connect(
          new InetSocketAddress(proxy.getHost(), proxy.getPort() == -1 ? 80 : proxy.getPort()),
          timeout);
      int before = getSoTimeout();
      setSoTimeout(timeout);
      String name = target.getHostString() + ":" + target.getPort();
      getOutputStream()
          .write(
              ("CONNECT "
                      + name
                      + " HTTP/1.1\r\nHost: "
                      + name
                      + "\r\n"
                      + authorization
                          .map(value -> "Proxy-Authorization: " + value + "\r\n")
                          .orElse("")
                      + "\r\n")
                  .getBytes(ISO_8859_1));
      String status = status(getInputStream());
      if (!status.matches("HTTP/1\\.\\d 2\\d\\d.*")) {
        close();
        throw new IOException("the proxy opens no tunnel to " + name + ": " + status);
      }
      setSoTimeout(before);
    }

    private static String status(InputStream in) throws IOException {
      var head = new StringBuilder();
      while (head.indexOf("\r\n\r\n", Math.max(0, head.length() - 4)) < 0) {
        int next = in.read();
        if (next < 0 || head.length() > LONGEST_HEAD) {
          throw new IOException("the proxy's answer is not HTTP");
        }
        head.append((char) next);
      }
      return head.substring(0, head.indexOf("\r\n"));
    }
  }
}
