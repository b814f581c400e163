import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** S3 for the benchmark: sends one file by sendfile to whoever asks. Prints its port. */
final class BundleBenchServer {
  private BundleBenchServer() {}

  public static void main(String[] arguments) throws IOException {
    var folder = Path.of(arguments[0]);
    try (var server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      System.out.println(server.socket().getLocalPort());
      while (true) {
        var client = server.accept();
        Thread.ofVirtual().start(() -> serve(client, folder));
      }
    }
  }

  private static void serve(SocketChannel client, Path folder) {
    try (client) {
      var lines =
          new BufferedReader(new InputStreamReader(client.socket().getInputStream(), US_ASCII));
      while (true) {
        var request = lines.readLine();
        if (request == null) {
          return;
        }
        while (!lines.readLine().isEmpty()) {
          // headers do not matter
        }
        var name = request.split(" ")[1].replaceFirst(".*/", "").replaceFirst("\\?.*", "");
        var file = folder.resolve(name);
        var size = Files.size(file);
        client.write(
            ByteBuffer.wrap(
                ("HTTP/1.1 200 OK\r\nContent-Length: %d\r\nETag: \"bench\"\r\nContent-Type:"
                        + " application/octet-stream\r\n\r\n")
                    .formatted(size)
                    .getBytes(US_ASCII)));
        try (var content = FileChannel.open(file)) {
          for (var at = 0L; at < size; ) {
            at += content.transferTo(at, size - at, client);
          }
        }
      }
    } catch (IOException e) {
      System.err.println(e);
    }
  }
}
