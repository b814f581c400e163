package io.kodedeploy.namespace.catchup;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.namespace.catchup.ApplicationStatus.State;
import io.kodedeploy.namespace.catchup.ServiceDeployer.Outcome;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Leaves applications to CodeDeploy that it can bring without touching another host. */
final class ServiceBringer {
  private static final Logger log = LoggerFactory.getLogger(ServiceBringer.class);

  private final ServiceDeployer deployer;
  private final StatusBoard board;

  ServiceBringer(ServiceDeployer deployer, StatusBoard board) {
    this.deployer = deployer;
    this.board = board;
  }

  /**
   * Takes those out that this host need not bring by itself, and tells the board why.
   *
   * @param behind what has to be brought
   */
  void take(Set<Wanted> behind) throws InterruptedException {
    for (var one : List.copyOf(behind)) {
      if (takes(one)) {
        behind.remove(one);
      }
    }
  }

  private boolean takes(Wanted one) throws InterruptedException {
    try {
      switch (deployer.deploy(one)) {
        case Outcome.Created(var id) -> board.tell(one, State.WAITING, Whys.byService(id));
        case Outcome.Busy() -> board.tell(one, State.WAITING, Whys.RUNNING);
        case Outcome.Exhausted(var attempts) ->
            board.tell(one, State.FAILED, Whys.exhausted(attempts));
        case Outcome.Local(var reason) -> {
          log.atInfo()
              .addKeyValue("application", one.application())
              .addKeyValue("reason", reason)
              .log("not left to a deployment of the service");
          return false;
        }
      }
      return true;
    } catch (AgentException e) {
      log.atWarn()
          .addKeyValue("application", one.application())
          .addKeyValue("code", e.code().id())
          .addKeyValue("reason", e.getMessage())
          .log("a deployment of the service cannot be created, this host brings it by itself");
      return false;
    }
  }
}
