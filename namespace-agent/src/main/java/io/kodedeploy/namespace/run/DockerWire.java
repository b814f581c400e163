package io.kodedeploy.namespace.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What {@code docker} and the agent say to each other over the socket: fields once, then frames
 * until the exit code. Both sides are of one version, since they are of one image.
 */
final class DockerWire {
  private static final int MOST_FIELDS = 10_000;
  private static final int LONGEST = 1 << 20;

  /** What the agent says. */
  sealed interface Frame {
    /** A line of the command. */
    record Output(String line) implements Frame {}

    /** A line of ours. */
    record Notice(String line) implements Frame {}

    /** The last frame. */
    record Exit(int code) implements Frame {}
  }

  private DockerWire() {}

  static void write(DataOutputStream out, List<Map.Entry<String, String>> fields)
      throws IOException {
    out.writeInt(fields.size());
    for (var field : fields) {
      text(out, field.getKey());
      text(out, field.getValue());
    }
    out.flush();
  }

  static List<Map.Entry<String, String>> fields(DataInputStream in) throws IOException {
    int count = bounded(in.readInt(), MOST_FIELDS);
    var fields = new ArrayList<Map.Entry<String, String>>();
    for (int i = 0; i < count; i++) {
      fields.add(Map.entry(text(in), text(in)));
    }
    return fields;
  }

  static void write(DataOutputStream out, Frame frame) throws IOException {
    switch (frame) {
      case Frame.Output(var line) -> {
        out.writeByte('o');
        text(out, line);
      }
      case Frame.Notice(var line) -> {
        out.writeByte('n');
        text(out, line);
      }
      case Frame.Exit(var code) -> {
        out.writeByte('x');
        out.writeInt(code);
      }
    }
    out.flush();
  }

  static Frame frame(DataInputStream in) throws IOException {
    return switch (in.readByte()) {
      case 'o' -> new Frame.Output(text(in));
      case 'n' -> new Frame.Notice(text(in));
      case 'x' -> new Frame.Exit(in.readInt());
      default -> throw new IOException("the agent is of another version");
    };
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    var bytes = text.getBytes(UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static String text(DataInputStream in) throws IOException {
    var bytes = new byte[bounded(in.readInt(), LONGEST)];
    in.readFully(bytes);
    return new String(bytes, UTF_8);
  }

  private static int bounded(int value, int most) throws IOException {
    if (value < 0 || value > most) {
      throw new IOException("a message of " + value + " is longer than " + most);
    }
    return value;
  }
}
