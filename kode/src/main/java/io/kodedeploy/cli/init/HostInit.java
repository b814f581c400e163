package io.kodedeploy.cli.init;

import io.kodedeploy.cli.aws.Aws;
import io.kodedeploy.cli.console.CliException;
import io.kodedeploy.cli.console.Problem;
import io.kodedeploy.cli.console.Reporter;
import io.kodedeploy.cli.naming.Scope;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.codedeploy.model.InstanceInfo;

/** Makes what a host needs in AWS, and what is missing of it after a run that failed half-way. */
final class HostInit {
  /**
   * What was asked for.
   *
   * @param form empty for the one that the instance is registered with, else a session
   * @param trust who may take on the role, empty to keep what is there
   * @param tokenFile where the agent finds its web identity token
   * @param tags when deployment groups shall select the host; empty: now for a user, later for a
   *     session
   * @param releaseNamespace where the chart is installed
   */
  record Order(
      Scope scope,
      Optional<String> bucket,
      Optional<IdentityForm> form,
      Optional<Trust> trust,
      String tokenFile,
      Optional<TagTime> tags,
      String releaseNamespace) {}

  /**
   * What there is now.
   *
   * @param membership whether the chart's membership Jobs shall tag the host
   * @param changed whether anything had to be done
   */
  record Done(IdentityForm form, boolean membership, boolean changed) {}

  private final Aws aws;
  private final Registration registration;
  private final HostUser users;
  private final HostRole roles;

  HostInit(Aws aws, Reporter reporter) {
    this.aws = aws;
    this.registration = new Registration(aws, reporter);
    this.users = new HostUser(aws, reporter);
    this.roles = new HostRole(aws, reporter);
  }

  /** Makes what is missing. */
  Done complete(Order order, IdentityFile file, IdentityFile membershipFile) {
    var scope = order.scope();
    var account = AccountId.of(aws);
    var registered = registration.find(scope);
    var form = form(order, registered);
    String name = scope.identityName();
    String arn = form == IdentityForm.USER ? account.userArn(name) : account.sessionArn(name);
    registered.ifPresent(info -> Registration.verify(info, scope, arn));
    file.refuseForeign(name);
    boolean later = order.tags().map(TagTime.LATER::equals).orElse(form == IdentityForm.SESSION);

    boolean changed =
        form == IdentityForm.USER
            ? user(order, account, file, registered.isPresent())
            : session(order, account, file);
    if (later && form == IdentityForm.SESSION) {
      changed |= membership(order, account, membershipFile);
    }
    if (registered.isEmpty()) {
      registration.register(scope, arn);
      changed = true;
    }
    changed |= registration.tag(scope, registered.map(Registration::tags).orElse(Map.of()), !later);
    return new Done(form, later, changed);
  }

  private static IdentityForm form(Order order, Optional<InstanceInfo> registered) {
    var known =
        registered.map(
            info -> info.iamUserArn() == null ? IdentityForm.SESSION : IdentityForm.USER);
    var form = order.form().or(() -> known).orElse(IdentityForm.SESSION);
    if (known.isPresent() && known.get() != form) {
      throw new CliException(
          Problem.INSTANCE_MISMATCH,
          "on-premises instance "
              + order.scope().instanceName()
              + " is registered already; expected a "
              + form.word()
              + ", found "
              + Registration.identity(registered.orElseThrow())
              + ".",
          "to change its identity, undo the registration with kode init --rollback and run init"
              + " again.");
    }
    return form;
  }

  private boolean user(Order order, AccountId account, IdentityFile file, boolean registered) {
    String name = order.scope().identityName();
    boolean newUser = users.find(name).isEmpty();
    var user = users.ensure(name);
    boolean newKey = users.ensureKey(user, file, registered);
    boolean newPolicy =
        users.putPolicy(
            name, policy(order, account), order.bucket().isEmpty()); // never widen what is there
    return newUser || newKey || newPolicy;
  }

  private boolean session(Order order, AccountId account, IdentityFile file) {
    String name = order.scope().identityName();
    boolean changed = role(order, account, name, order.scope().namespace(), "kodedeploy-agent");
    changed |= roles.putPolicy(name, policy(order, account), order.bucket().isEmpty());
    changed |= write(order, account, name, file);
    return changed;
  }

  /** What the chart's Jobs, and nobody else, join hosts of the cluster with and take them out. */
  private boolean membership(Order order, AccountId account, IdentityFile file) {
    String name = order.scope().membershipName();
    boolean changed = role(order, account, name, order.releaseNamespace(), "kodedeploy-membership");
    changed |=
        roles.putPolicy(
            name, MembershipPolicy.document(order.scope(), aws.region(), account), false);
    changed |= write(order, account, name, file);
    return changed;
  }

  private boolean role(
      Order order, AccountId account, String name, String namespace, String serviceAccount) {
    var trust = order.trust().orElse(new Trust.Account());
    return roles.ensure(
        name,
        trust.document(
            new Trust.Bearer(account.partition(), account.id(), namespace, serviceAccount, name)),
        order.trust().isEmpty());
  }

  private boolean write(Order order, AccountId account, String name, IdentityFile file) {
    if (order.trust().isEmpty() && file.read().isPresent()) {
      return false; // how the role is assumed was said by an earlier run
    }
    boolean web =
        order
            .trust()
            .map(Trust.WebIdentity.class::isInstance)
            .orElseGet(() -> roles.assumedByWebIdentity(name));
    return file.writeSession(
        aws.region(),
        account.sessionArn(name),
        account.roleArn(name),
        web ? Optional.of(order.tokenFile()) : Optional.empty());
  }

  private String policy(Order order, AccountId account) {
    return NamespacePolicy.document(order.scope(), order.bucket(), aws.region(), account.id());
  }
}
