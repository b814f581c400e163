package io.kodedeploy.simulator.codedeploy;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kodedeploy.simulator.wire.Json;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * Pages of 100 names (codedeploy-service.md 0.1). A token names the list it belongs to and the
 * offset; a foreign or damaged one is refused.
 */
final class Page {
  static final int SIZE = 100;

  private Page() {}

  /**
   * One page of a list.
   *
   * @param list what the token is bound to, for example {@code ListApplications}
   * @param member member of the answer that holds the names
   */
  static ObjectNode of(String list, String member, List<String> all, Input input) {
    return of(list, member, all, input, "nextToken");
  }

  static ObjectNode of(
      String list, String member, List<String> all, Input input, String tokenName) {
    var start = input.text(tokenName).map(token -> offset(list, token)).orElse(0);
    if (start > all.size()) {
      throw invalid();
    }
    var end = Math.min(start + SIZE, all.size());
    var answer = Json.object();
    answer.set(member, Json.array(all.subList(start, end)));
    if (end < all.size()) {
      answer.put(tokenName, token(list, end));
    }
    return answer;
  }

  private static String token(String list, int offset) {
    var text = list + ":" + offset;
    return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
  }

  private static int offset(String list, String token) {
    try {
      var text = new String(Base64.getUrlDecoder().decode(token), UTF_8);
      if (text.matches("\\Q" + list + "\\E:[0-9]{1,9}")) {
        return Integer.parseInt(text.substring(list.length() + 1));
      }
    } catch (IllegalArgumentException e) {
      // not base64: refused below like every other token that is not ours
    }
    throw invalid();
  }

  private static RuntimeException invalid() {
    return Refusal.of("InvalidNextToken", "The next token was specified in an invalid format.");
  }
}
