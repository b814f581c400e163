package io.kodedeploy.simulator.iam;

import io.kodedeploy.simulator.wire.AwsRequest;
import io.kodedeploy.simulator.wire.AwsResponse;
import io.kodedeploy.simulator.wire.AwsService;
import io.kodedeploy.simulator.wire.Protocol;
import io.kodedeploy.simulator.wire.Xml;
import java.util.function.Consumer;

/** IAM. Thread-safe. */
final class IamService implements AwsService {
  private static final String NAMESPACE = "https://iam.amazonaws.com/doc/2010-05-08/";

  private final Identities identities;
  private final UserActions users;
  private final RoleActions roles;
  private final PolicyActions policies;

  IamService(Identities identities) {
    this.identities = identities;
    users = new UserActions(identities);
    roles = new RoleActions(identities);
    policies = new PolicyActions(identities);
  }

  @Override
  public String name() {
    return "iam";
  }

  @Override
  public Protocol protocol() {
    return Protocol.QUERY;
  }

  @Override
  public AwsResponse handle(AwsRequest request) {
    var result = identities.locked(() -> result(request));
    return Xml.queryResponse(request, NAMESPACE, result);
  }

  private Consumer<Xml> result(AwsRequest request) {
    var form = request.form();
    return switch (request.operation()) {
      case "CreateUser" -> users.create(form, request.time());
      case "GetUser" -> users.get(form, request.caller());
      case "ListUsers" -> users.list(form);
      case "DeleteUser" -> users.delete(form);
      case "ListGroupsForUser" -> users.groups(form);
      case "CreateAccessKey" -> users.createKey(form, request.caller(), request.time());
      case "ListAccessKeys" -> users.listKeys(form, request.caller());
      case "UpdateAccessKey" -> users.updateKey(form);
      case "DeleteAccessKey" -> users.deleteKey(form);
      case "CreateRole" -> roles.create(form, request.time());
      case "GetRole" -> roles.get(form);
      case "ListRoles" -> roles.list(form);
      case "DeleteRole" -> roles.delete(form);
      case "UpdateAssumeRolePolicy" -> roles.updateTrust(form);
      case "CreateInstanceProfile" -> roles.createProfile(form, request.time());
      case "GetInstanceProfile" -> roles.getProfile(form);
      case "DeleteInstanceProfile" -> roles.deleteProfile(form);
      case "AddRoleToInstanceProfile" -> roles.addToProfile(form);
      case "RemoveRoleFromInstanceProfile" -> roles.removeFromProfile(form);
      case "ListInstanceProfilesForRole" -> roles.profilesOf(form);
      case "CreatePolicy" -> policies.create(form, request.time());
      case "GetPolicy" -> policies.get(form);
      case "GetPolicyVersion" -> policies.getVersion(form);
      case "ListPolicies" -> policies.list(form);
      case "DeletePolicy" -> policies.delete(form);
      case "PutUserPolicy", "PutRolePolicy" -> policies.putInline(form);
      case "GetUserPolicy", "GetRolePolicy" -> policies.getInline(form);
      case "ListUserPolicies", "ListRolePolicies" -> policies.listInline(form);
      case "DeleteUserPolicy", "DeleteRolePolicy" -> policies.deleteInline(form);
      case "AttachUserPolicy", "AttachRolePolicy" -> policies.attach(form);
      case "DetachUserPolicy", "DetachRolePolicy" -> policies.detach(form);
      case "ListAttachedUserPolicies", "ListAttachedRolePolicies" -> policies.listAttached(form);
      default -> throw unknownOperation(request);
    };
  }
}
