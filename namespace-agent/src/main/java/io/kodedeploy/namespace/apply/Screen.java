package io.kodedeploy.namespace.apply;

import java.util.ArrayList;
import java.util.List;

/** Puts what is wrong with objects on one screen: a person reads it in a console. */
final class Screen {
  /** Objects with their reasons; of the others only the number is told. */
  static final int OBJECTS = 8;

  private static final int LINES = 40;

  private final List<String> lines = new ArrayList<>();
  private int objects;
  private int left;

  /** An object and, indented, the reasons of its state. */
  void object(String line, List<String> reasons) {
    objects++;
    if (objects > OBJECTS || lines.size() >= LINES) {
      left++;
      return;
    }
    lines.add(line);
    var room = Math.max(3, LINES - lines.size());
    reasons.stream().limit(room).forEach(reason -> lines.add("  " + reason));
  }

  /** The lines. */
  String text() {
    return String.join("\n", lines) + (left == 0 ? "" : "\nand " + left + " more objects");
  }
}
