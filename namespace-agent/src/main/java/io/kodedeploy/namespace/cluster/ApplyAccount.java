package io.kodedeploy.namespace.cluster;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service account that holds a namespace's apply rights, as the agent uses it: calls with a
 * short-lived token of it, and a kubeconfig for hook scripts. The agent's own account has no rights
 * but those to its records and to this token. Safe for many threads.
 */
public final class ApplyAccount implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ApplyAccount.class);
  private static final Duration LOOK = Duration.ofMinutes(1);

  private final KubernetesConfig cluster;
  private final String namespace;
  private final Path folder;
  private final AccountToken token;
  private final KubernetesApi api;
  private final Thread renewal;
  private volatile Optional<String> problem = Optional.of("no token was asked for yet");
  private volatile Optional<String> unwritten = Optional.empty();

  /**
   * The account; nothing is sent before the first call or {@link #start}.
   *
   * @param agent calls of the agent's own account
   * @param connections to the API server, without an account of their own
   * @param cluster the API server
   * @param account name of the service account
   * @param parent folder below which the kubeconfig lies, readable by this user alone
   */
  public ApplyAccount(
      KubernetesApi agent,
      KubernetesApi connections,
      KubernetesConfig cluster,
      String namespace,
      String account,
      Path parent,
      InstantSource clock) {
    this.cluster = cluster;
    this.namespace = namespace;
    this.folder = folder(parent);
    this.token = new AccountToken(agent, namespace, account, clock, this::write);
    this.api = connections.as(token);
    this.renewal = Thread.ofVirtual().name("apply-account").unstarted(this::renew);
  }

  /** Calls with the rights of the account. */
  public KubernetesApi api() {
    return api;
  }

  /** The kubeconfig of the account; its token file is renewed as long as the agent runs. */
  public Path kubeconfig() {
    return folder.resolve("kubeconfig");
  }

  /** Why the account cannot be used, if it cannot. */
  public Optional<String> problem() {
    return problem.or(() -> unwritten);
  }

  /** Gets the first token, and renews it from now on. */
  public void start() {
    renewal.start();
  }

  private void renew() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        look();
        Thread.sleep(LOOK);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() throws InterruptedException {
    try {
      token.ensure();
      problem = Optional.empty();
    } catch (AgentException e) {
      problem = Optional.of(e.code().id() + ": " + e.getMessage() + " - " + e.code().remedy());
      log.atError()
          .addKeyValue("code", e.code().id())
          .addKeyValue("reason", e.getMessage())
          .log("no token of the apply account");
    }
  }

  private static Path folder(Path parent) {
    try {
      return Files.createTempDirectory(parent, "kodedeploy-account-"); // mode 0700
    } catch (IOException e) {
      throw new AgentException(
          ErrorCode.STATE_WRITE_FAILED, "no folder can be made in " + parent + ": " + e, e);
    }
  }

  private void write(String text) {
    try {
      replace("token", text);
      if (!Files.exists(kubeconfig())) {
        replace("kubeconfig", Kubeconfigs.withTokenFile(cluster.read(), namespace, path("token")));
      }
      unwritten = Optional.empty();
    } catch (IOException e) {
      unwritten =
          Optional.of(
              ErrorCode.STATE_WRITE_FAILED.id()
                  + ": the kubeconfig of hook scripts: "
                  + e
                  + " - check credentials.dir");
    }
  }

  private Path path(String name) {
    return folder.resolve(name);
  }

  private void replace(String name, String text) throws IOException {
    var next =
        Files.createTempFile(
            folder,
            name,
            ".next",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(next, text);
    Files.move(next, path(name), StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void close() {
    renewal.interrupt();
    api.close();
    try (var files = Files.newDirectoryStream(folder)) {
      for (var file : files) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      log.atWarn().addKeyValue("reason", e.toString()).log("kubeconfig cannot be removed");
    }
  }
}
