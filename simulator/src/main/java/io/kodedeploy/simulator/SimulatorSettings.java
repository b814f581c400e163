package io.kodedeploy.simulator;

import io.kodedeploy.simulator.wire.Credential;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How a simulator is started.
 *
 * @param address address of the common port; loopback
 * @param port common port, 0 for any free one
 * @param timeScale how much faster than the machine's clock time passes, above 0 up to 10000
 * @param manualClock start of a clock that only {@code POST /_simulator/clock/advance} moves
 * @param account 12 digits
 * @param region region of what the administration creates
 * @param credentials keys that exist from the start beside {@code test}/{@code test}
 * @param throttled whether Elastic Load Balancing limits the rate of calls as AWS does
 */
public record SimulatorSettings(
    String address,
    int port,
    double timeScale,
    Optional<Instant> manualClock,
    String account,
    String region,
    List<Credential> credentials,
    boolean throttled) {

  /** The settings of {@code kode simulator} without options. */
  public static final SimulatorSettings DEFAULTS =
      new SimulatorSettings(
          "127.0.0.1", 4566, 1.0, Optional.empty(), "123456789012", "us-west-2", List.of(), false);

  /** Checks every value. */
  public SimulatorSettings {
    credentials = List.copyOf(credentials);
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("port must be 0 to 65535, not " + port);
    }
    if (!(timeScale > 0 && timeScale <= 10_000)) {
      throw new IllegalArgumentException(
          "time scale must be above 0 and at most 10000, not " + timeScale);
    }
    if (!account.matches("[0-9]{12}")) {
      throw new IllegalArgumentException("account must have 12 digits, not " + account);
    }
  }

  /** The defaults, on any free port. */
  public static SimulatorSettings onAnyPort() {
    return DEFAULTS.withPort(0);
  }

  /** A copy with another port. */
  public SimulatorSettings withPort(int value) {
    return new SimulatorSettings(
        address, value, timeScale, manualClock, account, region, credentials, throttled);
  }

  /** A copy with another time scale. */
  public SimulatorSettings withTimeScale(double value) {
    return new SimulatorSettings(
        address, port, value, manualClock, account, region, credentials, throttled);
  }

  /** A copy with a clock that is advanced by hand. */
  public SimulatorSettings withManualClock(Instant start) {
    return new SimulatorSettings(
        address, port, timeScale, Optional.of(start), account, region, credentials, throttled);
  }

  /** A copy with other keys beside {@code test}/{@code test}. */
  public SimulatorSettings withCredentials(List<Credential> value) {
    return new SimulatorSettings(
        address, port, timeScale, manualClock, account, region, value, throttled);
  }

  /** A copy whose Elastic Load Balancing limits the rate of calls. */
  public SimulatorSettings withThrottling() {
    return new SimulatorSettings(
        address, port, timeScale, manualClock, account, region, credentials, true);
  }
}
