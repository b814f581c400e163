package io.kodedeploy.cli.console;

import java.time.Duration;
import java.time.Instant;

/** Time as commands see it: what it is, and letting some of it pass. */
public interface Ticker {
  /** The time of this machine. */
  Ticker SYSTEM =
      new Ticker() {
        @Override
        public Instant now() {
          return Instant.now();
        }

        @Override
        public void pause(Duration duration) throws InterruptedException {
          Thread.sleep(duration);
        }
      };

  /** The present moment. */
  Instant now();

  /** Lets time pass. */
  void pause(Duration duration) throws InterruptedException;
}
