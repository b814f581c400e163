package io.kodedeploy.simulator.iam;

import io.kodedeploy.simulator.ec2.InstanceCredentials;
import io.kodedeploy.simulator.time.SimulatorClock;
import io.kodedeploy.simulator.wire.Account;
import io.kodedeploy.simulator.wire.AwsService;
import io.kodedeploy.simulator.wire.Credential;
import io.kodedeploy.simulator.wire.CredentialDirectory;
import io.kodedeploy.simulator.wire.Resettable;
import io.kodedeploy.simulator.world.CredentialIssuer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * IAM and STS of the account as the rest of the simulator sees them: two services, the directory of
 * keys, and the issuer of instance credentials. Thread-safe.
 */
public final class AccountIdentities implements CredentialDirectory, CredentialIssuer, Resettable {
  private static final String EC2_TRUST =
      """
      {"Version":"2012-10-17","Statement":[{"Effect":"Allow",\
      "Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}\
      """;

  private final Identities identities;
  private final SimulatorClock clock;
  private final RoleActions roles;

  /** An account without users and roles. */
  public AccountIdentities(Account account, SimulatorClock clock) {
    this.clock = clock;
    identities = new Identities(account);
    roles = new RoleActions(identities);
  }

  /** IAM and STS. */
  public List<AwsService> services() {
    return List.of(new IamService(identities), new StsService(identities));
  }

  @Override
  public Optional<Credential> find(String accessKeyId) {
    return identities.find(accessKeyId);
  }

  @Override
  public void createInstanceRole(String roleName) {
    identities.locked(
        () -> {
          var role = identities.roles().get(roleName);
          if (role == null) {
            role = roles.add(roleName, "/", EC2_TRUST, clock.now(), List.of());
            roles.addProfile(roleName, "/", clock.now(), List.of(roleName));
          }
          return role;
        });
  }

  @Override
  public void deleteInstanceRole(String roleName) {
    identities.locked(
        () -> {
          identities.profiles().remove(roleName);
          var role = Optional.ofNullable(identities.roles().get(roleName));
          role.ifPresent(roles::remove);
          return role;
        });
  }

  @Override
  public InstanceCredentials issue(String roleName, String instanceId, Duration validity) {
    return identities.locked(
        () -> {
          var now = clock.now();
          var session =
              identities.openSession(identities.role(roleName), instanceId, now.plus(validity));
          return new InstanceCredentials(
              session.accessKeyId(), session.secret(), session.token(), now, session.expiration());
        });
  }

  @Override
  public void reset() {
    identities.clear();
  }
}
