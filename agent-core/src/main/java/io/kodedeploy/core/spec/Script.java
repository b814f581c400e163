package io.kodedeploy.core.spec;

import java.time.Duration;
import java.util.Optional;

/**
 * One script of a lifecycle event.
 *
 * @param location path inside the archive, trimmed
 * @param timeout whole seconds, above zero; one hour unless given
 * @param runAs account the script runs as
 * @param sudo whether it is started through sudo
 */
public record Script(String location, Duration timeout, Optional<String> runAs, boolean sudo) {
  public static final Duration DEFAULT_TIMEOUT = Duration.ofHours(1);
}
