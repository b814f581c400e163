package io.kodedeploy.core.spec;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/** One script of the AppSpec's {@code hooks} (host-agent.md 8.3). */
final class ScriptEntry {
  private static final Pattern LEADING_INTEGER =
      Pattern.compile("\\s*+(?<sign>[-+]?)(?=\\d)0*+(?<digits>\\d*+)");
  private static final int MOST_DIGITS = 18;
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
    if (!matcher.lookingAt()) {
      return BigInteger.ZERO;
    }
    var sign = matcher.group("sign").equals("-") ? -1 : 1;
    var digits = matcher.group("digits");
    var size = digits.length() > MOST_DIGITS ? LONGEST : new BigInteger("0" + digits);
    return size.multiply(BigInteger.valueOf(sign));
  }
}
