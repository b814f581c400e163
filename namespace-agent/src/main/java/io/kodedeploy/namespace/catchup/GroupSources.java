package io.kodedeploy.namespace.catchup;

import io.kodedeploy.core.identity.HostIdentity;
import io.kodedeploy.core.protocol.CallListener;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** Where a host learns of its groups, by its settings, and the calls that this costs. */
final class GroupSources implements AutoCloseable {
  private static final int CALLS_PER_SECOND = 2;

  private final CatchUpSettings settings;
  private final HostIdentity identity;
  private final CallListener listener;
  private final List<CodeDeployCalls> all = new ArrayList<>();
  private final CodeDeployCalls own;
  private final GroupSource source;

  /**
   * Nothing is called yet.
   *
   * @param listener sees every call, for metrics
   */
  GroupSources(
      CatchUpSettings settings, HostIdentity identity, Clock clock, CallListener listener) {
    this.settings = settings;
    this.identity = identity;
    this.listener = listener;
    if (settings.board().isEmpty() || !settings.shareGroups()) {
      own = calls(budget());
      source = reader(own);
      return;
    }
    var hosts = new AtomicInteger(1);
    own = calls(settings.budget().orElseGet(() -> oneOf(hosts)));
    source =
        new SharedGroups(
            reader(own),
            reader(calls(budget())),
            settings.board().get(),
            hosts,
            clock,
            Thread::sleep);
  }

  /** What the groups are asked by. */
  GroupSource source() {
    return source;
  }

  /** Calls about this host alone. */
  CodeDeployCalls ownCalls() {
    return own;
  }

  private CallBudget budget() {
    return settings
        .budget()
        .orElseGet(() -> new CallBudget(CALLS_PER_SECOND, System::nanoTime, Thread::sleep));
  }

  /** One host's part of what all processes of the cluster may ask. */
  private static CallBudget oneOf(AtomicInteger hosts) {
    return new CallBudget(
        () -> Duration.ofSeconds(1).multipliedBy(hosts.get()).dividedBy(CALLS_PER_SECOND),
        () -> ThreadLocalRandom.current().nextDouble(),
        System::nanoTime,
        Thread::sleep);
  }

  private CodeDeployCalls calls(CallBudget budget) {
    var calls =
        new CodeDeployCalls(
            () -> CodeDeployClients.of(identity, settings.proxy(), new CallTimes(listener)),
            budget);
    all.add(calls);
    return calls;
  }

  private GroupReader reader(CodeDeployCalls calls) {
    return new GroupReader(calls, settings.acceptance().groupNames());
  }

  @Override
  public void close() {
    all.forEach(CodeDeployCalls::close);
  }
}
