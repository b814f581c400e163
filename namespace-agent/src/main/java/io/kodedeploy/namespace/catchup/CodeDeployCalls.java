package io.kodedeploy.namespace.catchup;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.codedeploy.CodeDeployClient;
import software.amazon.awssdk.services.codedeploy.model.ApplicationDoesNotExistException;
import software.amazon.awssdk.services.codedeploy.model.DeploymentLimitExceededException;
import software.amazon.awssdk.services.codedeploy.model.InstanceNotRegisteredException;

/**
 * Calls of one host to CodeDeploy, at the rate of their budget. The client is made at the first
 * call. Failures are {@link AgentException}, but for the answers that are news rather than trouble:
 * no such application, no such instance, a deployment of the group is running.
 */
final class CodeDeployCalls implements AutoCloseable {
  private final Supplier<CodeDeployClient> clients;
  private final CallBudget budget;
  private @Nullable CodeDeployClient client;

  /**
   * Nothing is called yet.
   *
   * @param clients makes the client; it is closed with these calls
   */
  CodeDeployCalls(Supplier<CodeDeployClient> clients, CallBudget budget) {
    this.clients = clients;
    this.budget = budget;
  }

  /** Makes one call, when the budget has room for it. */
  <T> T call(Function<CodeDeployClient, T> call) throws InterruptedException {
    budget.acquire();
    try {
      return call.apply(client());
    } catch (ApplicationDoesNotExistException
        | InstanceNotRegisteredException
        | DeploymentLimitExceededException e) {
      throw e;
    } catch (AwsServiceException e) {
      var code =
          e.isThrottlingException()
              ? ErrorCode.SERVICE_THROTTLED
              : e.statusCode() == 403 || e.getMessage().contains("AccessDenied")
                  ? ErrorCode.SERVICE_DENIED
                  : ErrorCode.SERVICE_ERROR;
      throw new AgentException(code, e.getMessage(), e);
    } catch (SdkException e) {
      throw new AgentException(ErrorCode.SERVICE_UNREACHABLE, e.getMessage(), e);
    }
  }

  /** One call of a list operation, from a token on. */
  @FunctionalInterface
  interface Page<T> {
    T from(CodeDeployClient client, @Nullable String token);
  }

  /** Every page of a list operation. */
  <T> List<String> list(
      Page<T> page, Function<T, List<String>> items, Function<T, @Nullable String> next)
      throws InterruptedException {
    var all = new ArrayList<String>();
    Optional<String> token = Optional.empty();
    do {
      var from = token.orElse(null);
      var answer = call(one -> page.from(one, from));
      all.addAll(items.apply(answer));
      token = Optional.ofNullable(next.apply(answer)).filter(text -> !text.isEmpty());
    } while (token.isPresent());
    return all;
  }

  /** One call of an operation that takes a few names at once. */
  @FunctionalInterface
  interface Batch<T> {
    List<T> of(CodeDeployClient client, List<String> some);
  }

  /**
   * What an operation answers about many names.
   *
   * @param most names that it takes at once
   */
  <T> List<T> batches(Collection<String> names, int most, Batch<T> batch)
      throws InterruptedException {
    var all = List.copyOf(names);
    var answers = new ArrayList<T>();
    for (var from = 0; from < all.size(); from += most) {
      var some = all.subList(from, Math.min(from + most, all.size()));
      answers.addAll(call(one -> batch.of(one, some)));
    }
    return answers;
  }

  private synchronized CodeDeployClient client() {
    if (client == null) {
      client = clients.get();
    }
    return client;
  }

  @Override
  public synchronized void close() {
    if (client != null) {
      client.close();
    }
  }
}
