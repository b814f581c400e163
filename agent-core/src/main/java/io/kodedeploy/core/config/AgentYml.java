package io.kodedeploy.core.config;

import java.util.Optional;

/**
 * What both agents read from {@code agent.yml}. An agent asks the same {@link SettingsReader} for
 * its own keys and then calls {@link SettingsReader#finish}.
 *
 * @param serverPort port of health, metrics and status; {@code server.port}, default 8080, 0 takes
 *     any free one
 * @param serverAddress address it is bound to; {@code server.address}, default 0.0.0.0
 * @param environment name of the environment; {@code environment}
 * @param cluster name of the cluster; {@code cluster}
 * @param bucket bucket of bundles and host records; {@code bucket}
 * @param logLevel {@code log.level}, default info
 */
public record AgentYml(
    int serverPort,
    String serverAddress,
    Optional<String> environment,
    Optional<String> cluster,
    Optional<String> bucket,
    LogLevel logLevel) {
  /** How much is logged. */
  public enum LogLevel {
    ERROR,
    WARN,
    INFO,
    DEBUG
  }

  /** Asks for the keys that both agents know. */
  public static AgentYml read(SettingsReader settings) {
    return new AgentYml(
        settings.integer("server.port", 8080, 0, 65535),
        settings.text("server.address", "0.0.0.0"),
        settings.text("environment"),
        settings.text("cluster"),
        settings.text("bucket"),
        settings.choice("log.level", LogLevel.INFO));
  }
}
