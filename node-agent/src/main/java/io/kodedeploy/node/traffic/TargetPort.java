package io.kodedeploy.node.traffic;

/** On which port of the node a target group finds the application. */
public sealed interface TargetPort {
  /** The target group's own port; what CodeDeploy always registers. */
  record GroupDefault() implements TargetPort {
    @Override
    public String toString() {
      return "the target group's port";
    }
  }

  /** A port number. */
  record Fixed(int number) implements TargetPort {
    /** Refuses what is not a port. */
    public Fixed {
      if (number < 1 || number > 65535) {
        throw new IllegalArgumentException("not a port: " + number);
      }
    }

    @Override
    public String toString() {
      return "port " + number;
    }
  }

  /**
   * The node port of a port of a Service.
   *
   * @param namespace namespace of the Service
   * @param service name of the Service
   * @param port name or number of the Service's port
   */
  record NodePort(String namespace, String service, String port) implements TargetPort {
    @Override
    public String toString() {
      return "node port " + namespace + "/" + service + ":" + port;
    }
  }
}
