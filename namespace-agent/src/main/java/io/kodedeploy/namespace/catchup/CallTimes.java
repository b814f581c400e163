package io.kodedeploy.namespace.catchup;

import io.kodedeploy.core.protocol.CallListener;
import java.time.Duration;
import java.util.Objects;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;

/** Tells of every call of an SDK client: operation, result, duration. */
final class CallTimes implements ExecutionInterceptor {
  private static final ExecutionAttribute<Long> BEGIN =
      new ExecutionAttribute<>("kodedeploy-begin");

  private final CallListener calls;

  CallTimes(CallListener calls) {
    this.calls = calls;
  }

  @Override
  public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
    attributes.putAttribute(BEGIN, System.nanoTime());
  }

  @Override
  public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
    tell(attributes, "ok");
  }

  @Override
  public void onExecutionFailure(Context.FailedExecution context, ExecutionAttributes attributes) {
    tell(
        attributes,
        context.exception() instanceof AwsServiceException e
                && e.awsErrorDetails() != null
                && e.awsErrorDetails().errorCode() != null
            ? e.awsErrorDetails().errorCode()
            : "unreachable");
  }

  private void tell(ExecutionAttributes attributes, String code) {
    var begin = Objects.requireNonNullElse(attributes.getAttribute(BEGIN), System.nanoTime());
    calls.called(
        "codedeploy",
        attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME),
        code,
        Duration.ofNanos(System.nanoTime() - begin));
  }
}
