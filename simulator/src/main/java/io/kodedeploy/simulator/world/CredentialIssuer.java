package io.kodedeploy.simulator.world;

import io.kodedeploy.simulator.ec2.InstanceCredentials;
import java.time.Duration;

/**
 * Instance roles and their credentials; package {@code iam} has the roles and the signature check.
 *
 * <p>Thread-safe. After {@code reset} of the simulator nothing of it is known any more.
 */
public interface CredentialIssuer {

  /** Makes a role that EC2 may assume, and its instance profile. A role that exists is kept. */
  void createInstanceRole(String roleName);

  /** Removes the role; credentials issued for it are refused from now on. Unknown: no effect. */
  void deleteInstanceRole(String roleName);

  /**
   * Issues new session credentials, which the signature check accepts until they expire. Their
   * principal is {@code arn:aws:sts::ACCOUNT:assumed-role/ROLE/INSTANCE_ID}. Earlier ones stay
   * valid until their own expiration.
   *
   * @param validity from now, by the simulator's clock
   */
  InstanceCredentials issue(String roleName, String instanceId, Duration validity);
}
