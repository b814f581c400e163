import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * Makes the files of a bundle, the same ones every time: many small texts, some larger files of
 * which every second is already compressed, as in a web application with its jars and pictures.
 */
final class BundleBenchContent {
  private static final int FILES_PER_FOLDER = 50;
  private static final int LARGE_EACH = 5;

  private BundleBenchContent() {}

  public static void main(String[] arguments) throws IOException {
    var folder = Path.of(arguments[0]);
    var files = Integer.parseInt(arguments[1]);
    var bytes = Long.parseLong(arguments[2]);
    var install = arguments[3];
    var random = new Random(20260801);
    var words = words(random);
    var mean = bytes / files;
    Files.createDirectories(folder.resolve("app"));
    for (var n = 0; n < files; n++) {
      var parent = folder.resolve("app/d%03d/e%02d".formatted(n / 1000, n / FILES_PER_FOLDER % 20));
      Files.createDirectories(parent);
      var large = n % LARGE_EACH == 0;
      var size = (long) (mean * (large ? 4.2 : 0.2) * (0.5 + random.nextDouble()));
      write(parent.resolve("f%05d".formatted(n)), size, large && n % 2 == 0, random, words);
    }
    Files.writeString(
        folder.resolve("appspec.yml"),
        "version: 0.0\nos: linux\nfiles:\n  - source: app\n    destination: " + install + "\n");
  }

  private static void write(Path file, long size, boolean packed, Random random, byte[][] words)
      throws IOException {
    try (var output = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
      var block = new byte[4096];
      for (var left = size; left > 0; ) {
        byte[] next;
        if (packed) {
          random.nextBytes(block);
          next = block;
        } else {
          next = words[(int) (words.length * Math.pow(random.nextDouble(), 3))];
        }
        var count = (int) Math.min(left, next.length);
        output.write(next, 0, count);
        left -= count;
      }
    }
  }

  private static byte[][] words(Random random) {
    var words = new byte[4000][];
    for (var n = 0; n < words.length; n++) {
      var word = new StringBuilder();
      for (var length = 2 + random.nextInt(9); length > 0; length--) {
        word.append((char) ('a' + random.nextInt(26)));
      }
      words[n] = word.append(n % 12 == 0 ? '\n' : ' ').toString().getBytes(US_ASCII);
    }
    return words;
  }
}
