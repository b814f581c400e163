package io.kodedeploy.core.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Short names of notes for long or foreign ids. */
final class Names {
  private static final int BYTES = 16;

  private Names() {}

  /** 32 hex digits that stand for this id. */
  static String digest(String id) {
    try {
      var digest = MessageDigest.getInstance("SHA-256").digest(id.getBytes(UTF_8));
      return HexFormat.of().formatHex(digest, 0, BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
  }
}
