package io.kodedeploy.core.conformance;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Changes bytes as fuzzers do: the same seed changes them in the same way. */
public final class Mutations {
  private Mutations() {}

  /** A few changes: bytes, ranges, and pieces that readers find interesting. */
  public static byte[] of(byte[] original, long seed, List<byte[]> pieces) {
    var random = new Random(seed);
    byte[] content = original.clone();
    for (int left = 1 + random.nextInt(6); left > 0; left--) {
      content = once(content, random, pieces);
    }
    return content;
  }

  private static byte[] once(byte[] content, Random random, List<byte[]> pieces) {
    int at = random.nextInt(content.length + 1);
    int to = Math.min(content.length, at + random.nextInt(1 + Math.max(1, content.length / 4)));
    return switch (random.nextInt(6)) {
      case 0 -> replaced(content, at, at, pieces.get(random.nextInt(pieces.size())));
      case 1 -> replaced(content, at, to, pieces.get(random.nextInt(pieces.size())));
      case 2 -> replaced(content, at, to, new byte[0]);
      case 3 -> replaced(content, at, at, Arrays.copyOfRange(content, at, to));
      case 4 -> Arrays.copyOf(content, at);
      default ->
          replaced(
              content,
              at,
              Math.min(content.length, at + 1),
              new byte[] {(byte) random.nextInt(256)});
    };
  }

  private static byte[] replaced(byte[] content, int from, int to, byte[] piece) {
    var result = new ByteArrayOutputStream();
    result.write(content, 0, from);
    result.writeBytes(piece);
    result.write(content, to, content.length - to);
    return result.toByteArray();
  }
}
