package io.kodedeploy.simulator.autoscaling;

import io.kodedeploy.simulator.time.SimulatorClock;
import io.kodedeploy.simulator.wire.Account;
import io.kodedeploy.simulator.wire.AwsRequest;
import io.kodedeploy.simulator.wire.AwsResponse;
import io.kodedeploy.simulator.wire.AwsService;
import io.kodedeploy.simulator.wire.Protocol;
import io.kodedeploy.simulator.wire.Xml;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** The Auto Scaling API. */
public final class AutoScaling implements AwsService {
  static final String NAMESPACE = "http://autoscaling.amazonaws.com/doc/2011-01-01/";

  /** Carries one call out. */
  @FunctionalInterface
  interface Call {
    AwsResponse answer(AwsRequest request);
  }

  private final Map<String, Call> calls = new HashMap<>();

  /** The API of these groups. */
  public AutoScaling(AutoScalingGroups groups, Fleet fleet, Account account, SimulatorClock clock) {
    new GroupCalls(groups, fleet, account).register(calls);
    new StandbyCalls(groups, fleet, clock).register(calls);
    new AttachmentCalls(groups).register(calls);
    new TagCalls(groups).register(calls);
  }

  @Override
  public String name() {
    return "autoscaling";
  }

  @Override
  public Protocol protocol() {
    return Protocol.QUERY;
  }

  @Override
  public AwsResponse handle(AwsRequest request) {
    var call = calls.get(request.operation());
    if (call == null) {
      throw unknownOperation(request);
    }
    return call.answer(request);
  }

  static AwsResponse result(AwsRequest request, Consumer<Xml> result) {
    return Xml.queryResponse(request, NAMESPACE, result);
  }

  /** For calls whose model has no result. */
  static AwsResponse done(AwsRequest request) {
    return result(request, _ -> {});
  }
}
