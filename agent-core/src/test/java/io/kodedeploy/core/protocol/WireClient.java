package io.kodedeploy.core.protocol;

import io.kodedeploy.core.conformance.Settings;
import io.kodedeploy.core.identity.HostIdentity;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** A client whose time is turned by its own pauses, and what it did. */
final class WireClient {
  final List<Duration> pauses = Collections.synchronizedList(new ArrayList<>());
  final List<String> calls = Collections.synchronizedList(new ArrayList<>());
  volatile Instant now = Instant.now();

  CommandServiceClient open(Path directory, URI server, HostIdentity identity, String settings) {
    return new CommandServiceClient(
        Settings.agent(directory, "deploy_control_endpoint: " + server + "\n" + settings),
        identity,
        Map.of(),
        (_, operation, code, _) -> calls.add(operation + " " + code),
        () -> now,
        duration -> {
          pauses.add(duration);
          now = now.plus(duration);
        });
  }
}
