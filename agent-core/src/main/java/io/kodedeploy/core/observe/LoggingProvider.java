package io.kodedeploy.core.observe;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * Logback without its look for files: {@link AgentLogging} sets it up in code, so nothing is asked
 * of the class path. SLF4J's search for a provider and Logback's for a configuration would open
 * every jar of an agent before its first line, and an open jar keeps its directory on the heap.
 * Public because SLF4J makes it by name.
 */
public final class LoggingProvider implements SLF4JServiceProvider {
  private final LoggerContext context = new LoggerContext();
  private final IMarkerFactory markers = new BasicMarkerFactory();
  private final LogbackMDCAdapter diagnostics = new LogbackMDCAdapter();

  /** Made by SLF4J. */
  public LoggingProvider() {}

  /** SLF4J uses this class from now on; without effect when it has a provider already. */
  static void choose() {
    System.setProperty("slf4j.provider", LoggingProvider.class.getName());
    if (System.getProperty("slf4j.internal.verbosity") == null) {
      System.setProperty("slf4j.internal.verbosity", "WARN"); // it would print its choice
    }
  }

  @Override
  public void initialize() {
    context.setName("default");
    context.setMDCAdapter(diagnostics);
    context.start();
  }

  @Override
  public ILoggerFactory getLoggerFactory() {
    return context;
  }

  @Override
  public IMarkerFactory getMarkerFactory() {
    return markers;
  }

  @Override
  public MDCAdapter getMDCAdapter() {
    return diagnostics;
  }

  @Override
  public String getRequestedApiVersion() {
    return "2.0.99"; // any 2.0, as Logback's own provider says
  }
}
