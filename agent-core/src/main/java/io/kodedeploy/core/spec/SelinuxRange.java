package io.kodedeploy.core.spec;

import io.kodedeploy.core.error.AgentException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.regex.Pattern;

/** The range of an SELinux context: {@code s#[-s#][:c#[.c#](,c#[.c#])*]} (host-agent.md 8.6). */
final class SelinuxRange {
  private static final Pattern SENSITIVITY = Pattern.compile("s\\d{1,9}");
  private static final Pattern CATEGORY = Pattern.compile("c\\d{1,9}");
  private static final int HIGHEST_CATEGORY = 1023;

  private final SpecNode node;
  private final String text;

  private SelinuxRange(SpecNode node) {
    this.node = node;
    this.text = node.literal().strip();
  }

  /** The range in canonical form. */
  static String canonical(SpecNode node) {
    return new SelinuxRange(node).canonical();
  }

  private String canonical() {
    var parts = sides(text, ":");
    var sensitivities = sides(parts.getFirst(), "-");
    var low = sensitivity(sensitivities.getFirst());
    var high = sensitivity(sensitivities.getLast());
    if (high < low) {
      throw node.error("invalid SELinux range specified (" + text + "): high is below low");
    }
    var categories = new BitSet();
    if (parts.size() > 1) {
      var list = withoutTrailingCommas(parts.getLast());
      if (list.isEmpty()) {
        throw node.error("invalid range part " + text);
      }
      for (var element : list.split(",", -1)) {
        add(categories, element);
      }
    }
    return "s" + low + (high == low ? "" : "-s" + high) + shown(categories);
  }

  private static String withoutTrailingCommas(String list) {
    var end = list.length();
    while (end > 0 && list.charAt(end - 1) == ',') {
      end--;
    }
    return list.substring(0, end);
  }

  private void add(BitSet categories, String element) {
    var sides = sides(element, ".");
    var low = category(sides.getFirst());
    var high = category(sides.getLast());
    if (high < low) {
      throw node.error("invalid category range " + element);
    }
    for (var category = low; category <= high; category++) {
      if (categories.get(category)) {
        throw node.error("duplicate categories in " + text);
      }
      categories.set(category);
    }
  }

  private List<String> sides(String part, String separator) {
    var at = part.indexOf(separator);
    if (at < 0) {
      return List.of(part);
    }
    if (at == 0 || at == part.length() - 1) {
      throw node.error("invalid range part " + part);
    }
    return List.of(part.substring(0, at), part.substring(at + 1));
  }

  private int sensitivity(String part) {
    if (!SENSITIVITY.matcher(part).matches()) {
      throw invalid("sensitivity", part);
    }
    return Integer.parseInt(part.substring(1));
  }

  private int category(String part) {
    if (!CATEGORY.matcher(part).matches()
        || Integer.parseInt(part.substring(1)) > HIGHEST_CATEGORY) {
      throw invalid("category", part);
    }
    return Integer.parseInt(part.substring(1));
  }

  private AgentException invalid(String what, String part) {
    return node.error("invalid " + what + " " + part);
  }

  private static String shown(BitSet categories) {
    var runs = new ArrayList<String>();
    for (var from = categories.nextSetBit(0); from >= 0; ) {
      var to = categories.nextClearBit(from) - 1;
      runs.add(to == from ? "c" + from : "c" + from + ".c" + to);
      from = categories.nextSetBit(to + 1);
    }
    return runs.isEmpty() ? "" : ":" + String.join(",", runs);
  }
}
