package io.kodedeploy.core.command;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.identity.HostIdentity;
import io.kodedeploy.core.observe.AgentHealth;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for the host's identity until it is found, by the back-off of polls: an agent that starts
 * before its metadata service answers is not ready and says why, but it does not die.
 */
public final class IdentitySearch {
  private static final Logger log = LoggerFactory.getLogger(IdentitySearch.class);

  private final AgentHealth health;
  private final CountDownLatch stopped = new CountDownLatch(1);

  /** A source of an identity. */
  @FunctionalInterface
  public interface Source {
    /** The identity; an {@link AgentException} that may pass is tried again. */
    HostIdentity find() throws InterruptedException;
  }

  /** A search whose state is the readiness requirement {@code identity}. */
  public IdentitySearch(AgentHealth health) {
    this.health = health;
    health.problem("identity", "the host's identity is being looked for");
  }

  /**
   * Blocks until the identity is found.
   *
   * @throws AgentException when it is refused for good, {@code identity-invalid} for example
   * @throws InterruptedException when interrupted, or after {@link #stop}
   */
  public HostIdentity find(Source source) throws InterruptedException {
    var backoff = new Backoff(() -> ThreadLocalRandom.current().nextDouble());
    var loop = health.loop("identity", Duration.ofMinutes(5));
    try (loop) {
      while (true) {
        loop.beat();
        try {
          var identity = source.find();
          health.fine("identity");
          return identity;
        } catch (AgentException e) {
          health.problem("identity", e.getMessage());
          if (!e.code().retryable()) {
            throw e;
          }
          var wait = backoff.failed(Duration.ZERO);
          log.atWarn()
              .addKeyValue("code", e.code().id())
              .addKeyValue("reason", e.getMessage())
              .addKeyValue("waitMs", wait.toMillis())
              .log("identity not found yet");
          if (stopped.await(wait.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new InterruptedException("the search for the identity was stopped");
          }
        }
      }
    }
  }

  /** Ends the search. Any thread. */
  public void stop() {
    stopped.countDown();
  }
}
