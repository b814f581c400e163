package io.kodedeploy.node.elb;

import io.kodedeploy.core.protocol.CallListener;
import java.time.Duration;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;

/**
 * Tells of the calls of one client. The clients do not repeat calls themselves, so an execution is
 * one attempt.
 *
 * @param service as requests are signed for it
 */
record CountedCalls(String service, CallListener listener) implements ExecutionInterceptor {
  private static final ExecutionAttribute<Long> BEGUN =
      new ExecutionAttribute<>("io.kodedeploy.begun");

  @Override
  public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
    attributes.putAttribute(BEGUN, System.nanoTime());
  }

  @Override
  public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
    tell("ok", attributes);
  }

  @Override
  public void onExecutionFailure(Context.FailedExecution context, ExecutionAttributes attributes) {
    tell(
        context.exception() instanceof AwsServiceException answer ? label(answer) : "unreachable",
        attributes);
  }

  /** The code of the service, else the status: a proxy's answer has no code. */
  private static String label(AwsServiceException answer) {
    String code = AwsCalls.code(answer);
    return code.isEmpty() ? String.valueOf(answer.statusCode()) : code;
  }

  private void tell(String code, ExecutionAttributes attributes) {
    Long begun = attributes.getAttribute(BEGUN);
    listener.called(
        service,
        String.valueOf(attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME)),
        code,
        begun == null ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - begun));
  }
}
