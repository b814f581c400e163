package io.kodedeploy.simulator.elb;

import io.kodedeploy.simulator.http.HttpFields;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** Fields that belong to one connection and are never passed on (RFC 9110 section 7.6.1). */
final class HopByHop {
  private static final Set<String> ALWAYS =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "expect");

  private HopByHop() {}

  /** A copy without them, and without what the Connection field names. */
  static HttpFields without(HttpFields fields) {
    var named = new HashSet<String>();
    for (var value : fields.all("Connection")) {
      for (var name : value.split(",", -1)) {
        named.add(name.strip().toLowerCase(Locale.ROOT));
      }
    }
    var kept = new HttpFields();
    fields.forEach(
        (name, value) -> {
          var lower = name.toLowerCase(Locale.ROOT);
          if (!ALWAYS.contains(lower) && !named.contains(lower)) {
            kept.add(name, value);
          }
        });
    return kept;
  }
}
