package io.kodedeploy.core.observe;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.TimeBasedRollingPolicy;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * The one logging of a process: JSON on standard output, and the official agent's log file beside
 * it. Set up in code, by the main class and first of all: reading XML would cost a tenth of a
 * second, and a resource would reach every user of this module.
 */
public final class AgentLogging {
  private static final Logger log;

  static {
    LoggingProvider.choose();
    log = LoggerFactory.getLogger(AgentLogging.class);
  }

  private AgentLogging() {}

  /** JSON on standard output from the first line on; libraries from warning on. */
  public static void start() {
    var context = context();
    context.reset();
    var encoder = new JsonEncoder();
    encoder.setContext(context);
    encoder.setWithContext(false);
    encoder.setWithMDC(false);
    encoder.setWithNanoseconds(false);
    encoder.setWithSequenceNumber(false);
    encoder.start();
    var console = new ConsoleAppender<ILoggingEvent>();
    console.setContext(context);
    console.setEncoder(encoder);
    console.start();
    root().addAppender(console);
    root().setLevel(Level.WARN);
    level("info");
    Thread.ofPlatform().name("class-path").daemon().start(AgentLogging::lookAround);
  }

  /**
   * What makes the JDK look for services in every jar, a fifth of the time to the first poll:
   * java.util.logging, and the first http URL. The agent reads its settings meanwhile.
   */
  private static void lookAround() {
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    try {
      var _ = URI.create("http://localhost").toURL();
    } catch (MalformedURLException e) {
      throw new AssertionError("the JDK speaks http", e);
    }
  }

  /**
   * The log of a command that talks to a person: nothing on standard output, only the file of
   * {@link #officialFile}.
   */
  public static void startFileOnly(Optional<Path> directory, String programName) {
    context().reset();
    root().setLevel(Level.WARN);
    officialFile(directory, programName);
  }

  /** How much of ours is logged: error, warn, info or debug. */
  public static void level(String name) {
    context().getLogger("io.kodedeploy").setLevel(Level.toLevel(name, Level.INFO));
  }

  /**
   * Adds the official log file (host-agent.md section 11.3): turned daily, seven old ones. A
   * directory that cannot be written is a warning; standard output has everything.
   */
  public static void officialFile(Optional<Path> directory, String programName) {
    if (directory.isEmpty()) {
      return;
    }
    try {
      Files.createDirectories(directory.get());
    } catch (IOException e) {
      log.atDebug().setCause(e).log("log directory cannot be made");
    }
    if (!Files.isWritable(directory.get())) {
      log.atWarn()
          .log(
              "Please make sure the path of the log directory exists and is writable: \"{}\"",
              directory.get());
      return;
    }
    root().addAppender(file(directory.get(), programName));
  }

  private static Appender<ILoggingEvent> file(Path directory, String programName) {
    var context = context();
    var encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(
        "%d{yyyy-MM-dd'T'HH:mm:ss} %-5level ["
            + programName
            + "\\("
            + ProcessHandle.current().pid()
            + "\\)]: %logger{0}: %msg %kvp%n");
    encoder.start();
    var appender = new RollingFileAppender<ILoggingEvent>();
    appender.setContext(context);
    appender.setName("official");
    appender.setFile(directory.resolve(programName + ".log").toString());
    appender.setEncoder(encoder);
    var rolling = new TimeBasedRollingPolicy<ILoggingEvent>();
    rolling.setContext(context);
    rolling.setParent(appender);
    rolling.setFileNamePattern(directory.resolve(programName + ".%d{yyyyMMdd}.log").toString());
    rolling.setMaxHistory(7);
    rolling.start();
    appender.setRollingPolicy(rolling);
    appender.start();
    return appender;
  }

  private static ch.qos.logback.classic.Logger root() {
    return context().getLogger(Logger.ROOT_LOGGER_NAME);
  }

  private static LoggerContext context() {
    return (LoggerContext) LoggerFactory.getILoggerFactory();
  }
}
