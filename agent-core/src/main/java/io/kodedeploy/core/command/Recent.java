package io.kodedeploy.core.command;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * The last few results of a function whose result depends on nothing but its argument. Safe for
 * many threads; two that ask for the same at once may both compute it.
 */
final class Recent<K, V> {
  private static final int REMEMBERED = 8;

  private final Map<K, V> results =
      new LinkedHashMap<>(REMEMBERED, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
          return size() > REMEMBERED;
        }
      };

  /** The result for that argument; what the function throws is not remembered. */
  V get(K argument, Function<K, V> function) {
    synchronized (results) {
      var known = results.get(argument);
      if (known != null) {
        return known;
      }
    }
    var result = function.apply(argument);
    synchronized (results) {
      results.put(argument, result);
    }
    return result;
  }
}
