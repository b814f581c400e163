package io.kodedeploy.simulator.codedeploy;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What CodeDeploy asks EC2 and Auto Scaling. Implementations are thread-safe. */
public interface InstanceDirectory {

  /** State of an EC2 instance. */
  enum State {
    /** Starting. */
    PENDING,
    /** Up. */
    RUNNING,
    /** Going down, will stay. */
    STOPPING,
    /** Down, but there. */
    STOPPED,
    /** Going away. */
    SHUTTING_DOWN,
    /** Gone. */
    TERMINATED
  }

  /** An instance as it is now. */
  record Instance(
      String instanceId, String availabilityZone, State state, Map<String, String> tags) {
    /** Copies the tags. */
    public Instance {
      tags = Map.copyOf(tags);
    }
  }

  /** The instance, in whatever state. */
  Optional<Instance> find(String instanceId);

  /** Every instance that EC2 still shows, in any state. */
  List<Instance> all();

  /** Whether there is an Auto Scaling group of that name. */
  boolean autoScalingGroupExists(String name);

  /** The members of the group whose lifecycle state is {@code InService}. */
  List<Instance> inService(String autoScalingGroup);

  /** An account without EC2 instances. */
  InstanceDirectory NONE =
      new InstanceDirectory() {
        @Override
        public Optional<Instance> find(String instanceId) {
          return Optional.empty();
        }

        @Override
        public List<Instance> all() {
          return List.of();
        }

        @Override
        public boolean autoScalingGroupExists(String name) {
          return false;
        }

        @Override
        public List<Instance> inService(String autoScalingGroup) {
          return List.of();
        }
      };
}
