package io.kodedeploy.simulator.elb;

import io.kodedeploy.simulator.http.RequestHead;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a listener rule asks of a request. All conditions of a rule must hold, any value does. */
sealed interface RuleCondition {

  boolean holds(RequestHead request);

  /** Patterns for the path, case-sensitive, without the query. */
  record PathPattern(List<String> values) implements RuleCondition {
    @Override
    public boolean holds(RequestHead request) {
      var path = request.path();
      return values.stream().anyMatch(value -> Wildcard.matches(value, path));
    }
  }

  /** Patterns for the host, compared without case and without the port. */
  record HostHeader(List<String> values) implements RuleCondition {
    @Override
    public boolean holds(RequestHead request) {
      var authority = request.authority().orElse("").toLowerCase(Locale.ROOT);
      int colon = authority.lastIndexOf(':');
      var host = colon < 0 ? authority : authority.substring(0, colon);
      return values.stream()
          .anyMatch(value -> Wildcard.matches(value.toLowerCase(Locale.ROOT), host));
    }
  }

  /** Patterns for the values of one header field, compared without case. */
  record HttpHeader(String name, List<String> values) implements RuleCondition {
    @Override
    public boolean holds(RequestHead request) {
      return request.fields().all(name).stream()
          .map(text -> text.toLowerCase(Locale.ROOT))
          .anyMatch(
              text ->
                  values.stream()
                      .anyMatch(value -> Wildcard.matches(value.toLowerCase(Locale.ROOT), text)));
    }
  }

  /** Methods, exactly. */
  record RequestMethod(List<String> values) implements RuleCondition {
    @Override
    public boolean holds(RequestHead request) {
      return values.contains(request.method());
    }
  }

  /** Patterns for query parameters, compared without case. */
  record QueryString(List<Pair> values) implements RuleCondition {

    record Pair(Optional<String> key, String value) {}

    @Override
    public boolean holds(RequestHead request) {
      var present = parameters(request.query());
      return values.stream()
          .anyMatch(
              wanted ->
                  present.stream()
                      .anyMatch(
                          pair ->
                              wanted
                                      .key()
                                      .map(key -> matches(key, pair.key().orElse("")))
                                      .orElse(true)
                                  && matches(wanted.value(), pair.value())));
    }

    private static List<Pair> parameters(String query) {
      var pairs = new ArrayList<Pair>();
      for (var part : query.split("&", -1)) {
        int equals = part.indexOf('=');
        var key = equals < 0 ? part : part.substring(0, equals);
        var value = equals < 0 ? "" : part.substring(equals + 1);
        pairs.add(new Pair(Optional.of(decoded(key)), decoded(value)));
      }
      return pairs;
    }

    private static String decoded(String text) {
      try {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
      } catch (IllegalArgumentException e) {
        return text; // not an encoding: compared as it stands
      }
    }

    private static boolean matches(String pattern, String text) {
      return Wildcard.matches(pattern.toLowerCase(Locale.ROOT), text.toLowerCase(Locale.ROOT));
    }
  }
}
