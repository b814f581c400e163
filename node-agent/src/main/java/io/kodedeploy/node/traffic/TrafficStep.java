package io.kodedeploy.node.traffic;

import io.kodedeploy.core.command.LifecycleEvent;
import io.kodedeploy.core.command.LifecycleStep;
import io.kodedeploy.core.command.StepContext;
import java.util.List;

/**
 * The traffic work of a deployment's events. The node leaves and verifies before an event's
 * scripts, which may count on it, and joins after those of ValidateService have passed.
 */
public final class TrafficStep implements LifecycleStep {
  private final TrafficControl control;
  private final Order order;

  private TrafficStep(TrafficControl control, Order order) {
    this.control = control;
    this.order = order;
  }

  /** Both halves, for one host. */
  public static List<LifecycleStep> of(TrafficControl control) {
    return List.of(
        new TrafficStep(control, Order.BEFORE_SCRIPTS),
        new TrafficStep(control, Order.AFTER_SCRIPTS));
  }

  @Override
  public String name() {
    return "kodedeploy.traffic";
  }

  @Override
  public Order order() {
    return order;
  }

  @Override
  public boolean hasWork(LifecycleEvent event, StepContext context) throws InterruptedException {
    return !(work(event, context) instanceof TrafficPlan.Work.Nothing);
  }

  @Override
  public void run(LifecycleEvent event, StepContext context) throws InterruptedException {
    control.carryOut(
        work(event, context),
        context.spec(),
        TrafficSection.of(context.appSpec()),
        context.log()::line);
  }

  private TrafficPlan.Work work(LifecycleEvent event, StepContext context)
      throws InterruptedException {
    var work =
        control.decide(
            event,
            context.spec(),
            context.deploymentDirectory(),
            TrafficSection.of(context.appSpec()));
    boolean afterScripts = work instanceof TrafficPlan.Work.Join;
    return afterScripts == (order == Order.AFTER_SCRIPTS) ? work : new TrafficPlan.Work.Nothing();
  }
}
