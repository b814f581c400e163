package io.kodedeploy.node.elb;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.node.traffic.Pause;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkClientException;

/**
 * The one retry policy of the node's calls. Being throttled never fails a step by itself: the call
 * is repeated with full jitter up to half a minute apart for as long as CodeDeploy would wait.
 * Broken connections, answers of 500 and above and expired credentials are repeated for two
 * minutes.
 */
final class AwsCalls {
  private static final Logger log = LoggerFactory.getLogger(AwsCalls.class);
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofSeconds(30);
  private static final Duration THROTTLED_LIMIT = Duration.ofHours(1);
  private static final Duration BROKEN_LIMIT = Duration.ofMinutes(2);
  private static final Set<String> THROTTLED =
      Set.of(
          "Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException");
  private static final Set<String> EXPIRED =
      Set.of("ExpiredToken", "ExpiredTokenException", "RequestExpired");

  private final InstantSource clock;
  private final Pause pause;
  private final RandomGenerator random;

  AwsCalls(InstantSource clock, Pause pause, RandomGenerator random) {
    this.clock = clock;
    this.pause = pause;
    this.random = random;
  }

  /**
   * Makes a call until it is answered.
   *
   * @param action IAM action of the call, for messages
   * @param budget the share it draws from, once an attempt
   * @throws AwsServiceException an answer that repeating does not change
   */
  <T> T call(String action, TokenBucket budget, Supplier<T> call) throws InterruptedException {
    Instant begin = clock.instant();
    for (int attempt = 1; ; attempt++) {
      budget.take();
      try {
        return call.get();
      } catch (AbortedException e) {
        throw stopped(action, e);
      } catch (AwsServiceException e) {
        if (throttled(e)) {
          giveUpAfter(THROTTLED_LIMIT, begin, ErrorCode.SERVICE_THROTTLED, action, e);
        } else if (e.statusCode() >= 500 || EXPIRED.contains(code(e))) {
          giveUpAfter(BROKEN_LIMIT, begin, ErrorCode.SERVICE_ERROR, action, e);
        } else {
          throw e;
        }
        repeat(action, attempt, code(e));
      } catch (AgentException e) {
        // The node's own credentials: the metadata service may answer again.
        if (!e.code().retryable()) {
          throw e;
        }
        giveUpAfter(BROKEN_LIMIT, begin, e.code(), action, e);
        repeat(action, attempt, e.code().id());
      } catch (SdkClientException e) {
        giveUpAfter(BROKEN_LIMIT, begin, ErrorCode.SERVICE_UNREACHABLE, action, e);
        repeat(action, attempt, e.getMessage());
      }
    }
  }

  /** The failure an operator sees of an answer that nobody expected. */
  static AgentException unexpected(String action, AwsServiceException e) {
    var code = denied(e) ? ErrorCode.SERVICE_DENIED : ErrorCode.SERVICE_ERROR;
    return new AgentException(code, action + ": " + words(e), e);
  }

  static boolean denied(AwsServiceException e) {
    return code(e).startsWith("AccessDenied") || code(e).equals("UnauthorizedOperation");
  }

  static String code(AwsServiceException e) {
    var details = e.awsErrorDetails();
    return details == null || details.errorCode() == null ? "" : details.errorCode();
  }

  /** Code and message of the service, without the SDK's additions. */
  static String words(AwsServiceException e) {
    var details = e.awsErrorDetails();
    return details == null
        ? String.valueOf(e.getMessage())
        : details.errorCode() + ": " + details.errorMessage();
  }

  private static boolean throttled(AwsServiceException e) {
    return e.statusCode() == 429 || THROTTLED.contains(code(e));
  }

  private void giveUpAfter(
      Duration limit, Instant begin, ErrorCode code, String action, RuntimeException e) {
    Duration elapsed = Duration.between(begin, clock.instant());
    if (elapsed.compareTo(limit) >= 0) {
      String words = e instanceof AwsServiceException answer ? words(answer) : e.getMessage();
      throw new AgentException(
          code, action + " failed for " + elapsed.toSeconds() + " s: " + words, e);
    }
  }

  private void repeat(String action, int attempt, String why) throws InterruptedException {
    Duration ceiling = FIRST.multipliedBy(1L << Math.min(attempt - 1, 5));
    long most = Math.min(ceiling.toMillis(), LONGEST.toMillis());
    var wait = Duration.ofMillis(100 + random.nextLong(most));
    log.atWarn()
        .addKeyValue("action", action)
        .addKeyValue("code", why)
        .addKeyValue("waitMs", wait.toMillis())
        .log("call failed, repeating");
    pause.sleep(wait);
  }

  private static InterruptedException stopped(String action, AbortedException e) {
    var stopped = new InterruptedException(action + " interrupted");
    stopped.initCause(e);
    return stopped;
  }
}
