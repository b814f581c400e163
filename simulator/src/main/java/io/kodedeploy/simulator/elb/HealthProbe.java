package io.kodedeploy.simulator.elb;

import io.kodedeploy.simulator.http.Framing;
import io.kodedeploy.simulator.http.HttpConnection;
import io.kodedeploy.simulator.http.HttpFields;
import io.kodedeploy.simulator.http.RequestHead;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;

/** One health check: a real request on a connection of its own. */
final class HealthProbe {
  private HealthProbe() {}

  /** Asks the target; a slow one fails after the limit (real time). */
  static ProbeResult run(InetSocketAddress target, HealthCheckSettings settings, Duration limit) {
    var address =
        new InetSocketAddress(target.getAddress(), settings.port().orElse(target.getPort()));
    var fields =
        new HttpFields()
            .add("Host", address.getAddress().getHostAddress() + ":" + address.getPort())
            .add("User-Agent", "ELB-HealthChecker/2.0")
            .add("Accept-Encoding", "gzip, compressed")
            .add("Connection", "close");
    try (var connection = HttpConnection.connect(address, limit)) {
      connection.readLimit(limit);
      connection
          .send(new RequestHead("GET", settings.path(), 1, fields), new Framing.None())
          .close();
      int status = connection.receive().status();
      return settings.passes(status)
          ? new ProbeResult.Passed()
          : failed(
              "Target.ResponseCodeMismatch",
              "Health checks failed with these codes: [" + status + "]");
    } catch (SocketTimeoutException e) {
      return failed("Target.Timeout", "Request timed out");
    } catch (IOException e) {
      return failed("Target.FailedHealthChecks", "Health checks failed");
    }
  }

  private static ProbeResult failed(String reason, String description) {
    return new ProbeResult.Failed(TargetHealth.unhealthy(reason, description));
  }
}
