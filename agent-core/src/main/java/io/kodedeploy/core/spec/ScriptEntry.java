package io.kodedeploy.core.spec;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/** One script of the AppSpec's {@code hooks} (host-agent.md 8.3). */
final class ScriptEntry {
  private static final Pattern LEADING_INTEGER =
      Pattern.compile("\\s*([-+]?\\d+).*", Pattern.DOTALL);
  private static final BigInteger LONGEST = BigInteger.valueOf(Integer.MAX_VALUE);

  private ScriptEntry() {}

  static Script read(SpecNode entry) {
    if (entry.isNull()) {
      throw entry.error("script has no location value");
    }
    var members = entry.members();
    var location = AppSpecReader.text(members, "location").strip();
    if (location.isEmpty()) {
      throw entry.error("script has no location value");
    }
    var timeout = Optional.ofNullable(members.get("timeout")).filter(node -> !node.is(false));
    var sudo = members.get("sudo");
    return new Script(
        location,
        timeout.map(ScriptEntry::timeout).orElse(Script.DEFAULT_TIMEOUT),
        Optional.of(AppSpecReader.text(members, "runas").strip()).filter(user -> !user.isEmpty()),
        sudo != null && !sudo.is(false));
  }

  private static Duration timeout(SpecNode node) {
    var seconds = Yaml11.integer(node.node()).orElseGet(() -> leadingInteger(node.literal()));
    if (seconds.signum() <= 0) {
      throw node.error(
          "invalid timeout value (" + node.literal() + "), it must be seconds above 0");
    }
    return Duration.ofSeconds(seconds.min(LONGEST).intValue());
  }

  private static BigInteger leadingInteger(String text) {
    var matcher = LEADING_INTEGER.matcher(text);
    return matcher.matches() ? new BigInteger(matcher.group(1)) : BigInteger.ZERO;
  }
}
