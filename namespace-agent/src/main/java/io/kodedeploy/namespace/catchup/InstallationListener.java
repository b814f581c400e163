package io.kodedeploy.namespace.catchup;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.kodedeploy.core.command.CommandInfo;
import io.kodedeploy.core.command.CommandOutcome;
import io.kodedeploy.core.command.HostListener;
import io.kodedeploy.core.command.LifecycleEvent;
import io.kodedeploy.core.command.PollResult;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.store.DeploymentPaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the record of what is installed, from every command that this host carries out, whoever
 * asked for it; and knows which applications the service is working on.
 */
public final class InstallationListener implements HostListener, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(InstallationListener.class);
  private static final int REASON_LENGTH = 1000;

  private final InstallationStore store;
  private final DeploymentPaths paths;
  private final Clock clock;
  private final Consumer<CommandInfo> changed;
  private final Runnable connected;
  private final Map<String, String> serviceDeployments = new ConcurrentHashMap<>();
  private final AtomicBoolean away = new AtomicBoolean();
  private final ExecutorService records =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().name("records-", 1).factory());

  /**
   * A listener of one host.
   *
   * @param changed told after a command has changed the record
   * @param connected told when polls succeed again after they had failed
   */
  public InstallationListener(
      InstallationStore store,
      DeploymentPaths paths,
      Clock clock,
      Consumer<CommandInfo> changed,
      Runnable connected) {
    this.store = store;
    this.paths = paths;
    this.clock = clock;
    this.changed = changed;
    this.connected = connected;
  }

  /** The deployment that the service last sent commands of, for an application; empty for none. */
  String serviceDeployment(String application) {
    return serviceDeployments.getOrDefault(application, "");
  }

  @Override
  public void polled(PollResult result) {
    if (result instanceof PollResult.Failed) {
      away.set(true);
    } else if (away.compareAndSet(true, false)) {
      connected.run();
    }
  }

  @Override
  public void commandStarted(CommandInfo command) {
    if (!command.local()) {
      serviceDeployments.put(command.spec().applicationName(), command.spec().deploymentId());
    }
  }

  @Override
  public void commandFinished(CommandInfo command, CommandOutcome outcome) {
    switch (outcome) {
      case CommandOutcome.Succeeded _ when command.event().equals(LifecycleEvent.INSTALL) ->
          records.execute(() -> installed(command));
      case CommandOutcome.Succeeded _ -> {}
      case CommandOutcome.Failed failed -> {
        if (lasting(failed.code())) {
          records.execute(() -> failed(command, failed));
        }
      }
    }
  }

  /** Whether the same revision would fail again, so that only a person or a new one helps. */
  static boolean lasting(ErrorCode code) {
    return !code.retryable()
        && code != ErrorCode.BUNDLE_UNAVAILABLE
        && code != ErrorCode.DISK_FULL
        && code != ErrorCode.KIND_MISSING
        && code != ErrorCode.SUPERSEDED
        && code != ErrorCode.COMMAND_INTERRUPTED;
  }

  private void installed(CommandInfo command) {
    var spec = command.spec();
    var bundle =
        DeploymentPaths.bundle(paths.deployment(spec.deploymentGroupId(), spec.deploymentId()));
    var now =
        new Installation.Installed(
            RevisionIdentity.of(spec.revision()),
            spec.deploymentId(),
            spec.deploymentGroupName(),
            digest(bundle),
            clock.instant());
    store.update(spec.applicationName(), before -> before.with(now));
    changed.accept(command);
  }

  private void failed(CommandInfo command, CommandOutcome.Failed failed) {
    var spec = command.spec();
    var message = failed.message();
    var attempt =
        new Installation.Attempt(
            RevisionIdentity.of(spec.revision()),
            spec.deploymentId(),
            command.event().name(),
            failed.code().id(),
            message.substring(0, Math.min(REASON_LENGTH, message.length())),
            clock.instant());
    store.update(spec.applicationName(), before -> before.with(attempt));
    changed.accept(command);
  }

  private static String digest(Path bundle) {
    if (!Files.isRegularFile(bundle)) {
      return ""; // a local directory has no bundle
    }
    try (var input =
        new DigestInputStream(Files.newInputStream(bundle), MessageDigest.getInstance("SHA-256"))) {
      input.transferTo(java.io.OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(input.getMessageDigest().digest());
    } catch (IOException e) {
      log.atWarn().setCause(e).addKeyValue("file", bundle).log("bundle cannot be read again");
      return "";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Waits until what was heard before is recorded. */
  void settle() throws InterruptedException {
    var done = new CountDownLatch(1);
    records.execute(done::countDown);
    done.await();
  }

  /** Waits until what was heard is recorded; from then on nothing is. */
  @Override
  public void close() {
    records.shutdown();
    try {
      if (!records.awaitTermination(10, SECONDS)) {
        records.shutdownNow();
      }
    } catch (InterruptedException e) {
      records.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
