package io.kodedeploy.core.install;

/**
 * Patterns of permissions (host-agent.md 8.5): {@code **} is everything below, any other pattern is
 * about direct children, and only {@code *} is special in it.
 */
final class Glob {
  private Glob() {}

  /** Whether a path relative to the object matches. */
  static boolean matches(String pattern, String relative) {
    if (pattern.equals("**")) {
      return true;
    }
    return relative.indexOf('/') < 0 && matchesName(pattern, relative);
  }

  /** Linear but for going back to the last star, so no pattern can make it slow. */
  private static boolean matchesName(String pattern, String name) {
    var p = 0;
    var n = 0;
    var star = -1;
    var mark = 0;
    while (n < name.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        mark = n;
      } else if (p < pattern.length() && pattern.charAt(p) == name.charAt(n)) {
        p++;
        n++;
      } else if (star >= 0) {
        p = star + 1;
        n = ++mark;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }
}
