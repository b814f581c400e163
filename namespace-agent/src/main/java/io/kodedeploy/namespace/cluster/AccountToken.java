package io.kodedeploy.namespace.cluster;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * A short-lived token of another service account, asked for by TokenRequest, kept in memory and
 * renewed when a third of its life is left. Safe for many threads; one asks at a time.
 */
public final class AccountToken {
  /** How long a token is asked to live; the API server may shorten it. */
  static final Duration LIFE = Duration.ofHours(1);

  private record Token(String text, Instant renewal, Instant expiry) {}

  private final KubernetesApi api;
  private final String path;
  private final String account;
  private final InstantSource clock;
  private final Consumer<String> renewed;
  private final ReentrantLock asking = new ReentrantLock();
  private volatile Optional<Token> token = Optional.empty();

  /**
   * No token yet.
   *
   * @param api of the account that may create tokens of the other
   * @param account name of the other, in the same namespace
   * @param renewed hears every new token
   */
  public AccountToken(
      KubernetesApi api,
      String namespace,
      String account,
      InstantSource clock,
      Consumer<String> renewed) {
    this.api = api;
    this.path = "/api/v1/namespaces/" + namespace + "/serviceaccounts/" + account + "/token";
    this.account = account;
    this.clock = clock;
    this.renewed = renewed;
  }

  /** The token now, empty before the first {@link #ensure}. */
  public String current() {
    return token.map(Token::text).orElse("");
  }

  /**
   * Sees to it that the token is good. While the API server is away a token that still lives is
   * good enough.
   *
   * @throws AgentException {@code cluster-denied} or {@code cluster-unreachable} when there is none
   */
  public void ensure() throws InterruptedException {
    if (fresh()) {
      return;
    }
    asking.lockInterruptibly();
    try {
      if (!fresh()) {
        ask();
      }
    } catch (AgentException e) {
      if (token.filter(now -> clock.instant().isBefore(now.expiry())).isEmpty()) {
        throw e;
      }
    } finally {
      asking.unlock();
    }
  }

  /** The API server did not take this token: the next {@link #ensure} asks for another. */
  public void refused(String text) {
    token = token.filter(now -> !now.text().equals(text));
  }

  private boolean fresh() {
    return token.filter(now -> clock.instant().isBefore(now.renewal())).isPresent();
  }

  private void ask() throws InterruptedException {
    var request = JsonNodeFactory.instance.objectNode();
    request.put("apiVersion", "authentication.k8s.io/v1").put("kind", "TokenRequest");
    request.putObject("spec").put("expirationSeconds", LIFE.toSeconds());
    var asked = clock.instant();
    var answer = api.post(path, request);
    if (answer.absent() && !answer.namespaceEnding()) { // asking again makes no account
      throw new AgentException(
          ErrorCode.CLUSTER_DENIED, "cannot create a token: " + answer.message());
    }
    var status = answer.orThrow("create a token of the service account " + account).path("status");
    var text = status.path("token").asString("");
    var expiry = expiry(status.path("expirationTimestamp").asString(""), asked);
    if (text.isEmpty()) {
      throw new AgentException(
          ErrorCode.CLUSTER_UNREACHABLE,
          "cannot create a token of the service account " + account + ": the answer has none");
    }
    token =
        Optional.of(
            new Token(text, expiry.minus(Duration.between(asked, expiry).dividedBy(3)), expiry));
    renewed.accept(text);
  }

  private static Instant expiry(String text, Instant asked) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException _) {
      return asked.plus(LIFE);
    }
  }
}
