package io.kodedeploy.core.observe;

import java.util.function.Supplier;

/**
 * Hides the class path from libraries that look around in it. One look for a resource opens every
 * jar, and an open jar keeps its directory on the heap: four mebibytes in the node agent.
 */
final class ClassPath {
  private ClassPath() {}

  /**
   * Does it with the JDK's own class loader as the thread's context: services and resources of jars
   * are not found. Threads that are started meanwhile inherit it; see {@link #visible}.
   */
  static <T> T hidden(Supplier<T> work) {
    return with(ClassLoader.getPlatformClassLoader(), work);
  }

  /** Does it with our class path as the thread's context, whoever started the thread. */
  static <T> T visible(Supplier<T> work) {
    return with(ClassPath.class.getClassLoader(), work);
  }

  private static <T> T with(ClassLoader loader, Supplier<T> work) {
    var thread = Thread.currentThread();
    var before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      return work.get();
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}
