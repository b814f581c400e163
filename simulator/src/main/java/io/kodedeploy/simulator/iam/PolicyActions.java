package io.kodedeploy.simulator.iam;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kodedeploy.simulator.wire.AwsError;
import io.kodedeploy.simulator.wire.Parameters;
import io.kodedeploy.simulator.wire.Xml;
import java.net.URLEncoder;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Managed and inline policies. Called under the lock of {@link Identities}. */
final class PolicyActions {
  private static final String OF_AWS = "arn:aws:iam::aws:policy/";

  private final Identities identities;

  PolicyActions(Identities identities) {
    this.identities = identities;
  }

  Consumer<Xml> create(Parameters form, Instant now) {
    var name = Names.checked(form, "PolicyName", 128);
    var path = Names.path(form);
    var arn = identities.account().arn("iam", "", "policy" + path + name);
    if (identities.policies().containsKey(arn)) {
      throw AwsError.of(409, "EntityAlreadyExists", "A policy called " + name + " already exists.");
    }
    var document = Names.document(form, "PolicyDocument");
    var policy =
        new Identities.ManagedPolicy(name, path, identities.newId("ANPA"), arn, document, now);
    identities.policies().put(arn, policy);
    return xml -> xml.element("Policy", entry -> describe(entry, policy));
  }

  Consumer<Xml> get(Parameters form) {
    var policy = policy(form);
    return xml -> xml.element("Policy", entry -> describe(entry, policy));
  }

  Consumer<Xml> getVersion(Parameters form) {
    var policy = policy(form);
    if (!form.require("VersionId").equals("v1")) {
      throw AwsError.of(404, "NoSuchEntity", "The policy has only the version v1.");
    }
    return xml ->
        xml.element(
            "PolicyVersion",
            entry -> {
              entry.text("Document", URLEncoder.encode(policy.document(), UTF_8));
              entry.text("VersionId", "v1").flag("IsDefaultVersion", true);
              entry.time("CreateDate", policy.created());
            });
  }

  Consumer<Xml> list(Parameters form) {
    var prefix = form.get("PathPrefix").orElse("/");
    var found =
        form.get("Scope").orElse("All").equals("AWS")
            ? List.<Identities.ManagedPolicy>of()
            : identities.policies().values().stream()
                .filter(policy -> policy.path().startsWith(prefix))
                .toList();
    return xml -> xml.members("Policies", found, this::describe).flag("IsTruncated", false);
  }

  Consumer<Xml> delete(Parameters form) {
    var policy = policy(form);
    if (attachments(policy.arn()) > 0) {
      throw AwsError.of(409, "DeleteConflict", "Cannot delete a policy attached to entities.");
    }
    identities.policies().remove(policy.arn());
    return _ -> {};
  }

  Consumer<Xml> putInline(Parameters form) {
    var name = Names.checked(form, "PolicyName", 128);
    entity(form).inlinePolicies().put(name, Names.document(form, "PolicyDocument"));
    return _ -> {};
  }

  Consumer<Xml> getInline(Parameters form) {
    var entity = entity(form);
    var name = form.require("PolicyName");
    var document = Identities.existing(entity.inlinePolicies(), name, "policy");
    return xml ->
        xml.text(form.has("UserName") ? "UserName" : "RoleName", entity.name())
            .text("PolicyName", name)
            .text("PolicyDocument", URLEncoder.encode(document, UTF_8));
  }

  Consumer<Xml> listInline(Parameters form) {
    var names = List.copyOf(entity(form).inlinePolicies().keySet());
    return xml -> xml.members("PolicyNames", names, Xml::content).flag("IsTruncated", false);
  }

  Consumer<Xml> deleteInline(Parameters form) {
    var entity = entity(form);
    var name = form.require("PolicyName");
    Identities.existing(entity.inlinePolicies(), name, "policy");
    entity.inlinePolicies().remove(name);
    return _ -> {};
  }

  Consumer<Xml> attach(Parameters form) {
    var arn = form.require("PolicyArn");
    if (!arn.startsWith(OF_AWS)) {
      policy(form);
    }
    entity(form).attachedPolicies().add(arn);
    return _ -> {};
  }

  Consumer<Xml> detach(Parameters form) {
    var arn = form.require("PolicyArn");
    if (!entity(form).attachedPolicies().remove(arn)) {
      throw AwsError.of(404, "NoSuchEntity", "Policy " + arn + " was not found.");
    }
    return _ -> {};
  }

  Consumer<Xml> listAttached(Parameters form) {
    var arns = List.copyOf(entity(form).attachedPolicies());
    return xml ->
        xml.members(
                "AttachedPolicies",
                arns,
                (entry, arn) ->
                    entry
                        .text("PolicyName", arn.substring(arn.lastIndexOf('/') + 1))
                        .text("PolicyArn", arn))
            .flag("IsTruncated", false);
  }

  private Entity entity(Parameters form) {
    return form.has("UserName")
        ? identities.user(form.require("UserName"))
        : identities.role(form.require("RoleName"));
  }

  private Identities.ManagedPolicy policy(Parameters form) {
    var arn = form.require("PolicyArn");
    var policy = identities.policies().get(arn);
    if (policy == null) {
      throw AwsError.of(
          404, "NoSuchEntity", "Policy " + arn + " does not exist or is not attachable.");
    }
    return policy;
  }

  private long attachments(String arn) {
    return Stream.concat(identities.users().values().stream(), identities.roles().values().stream())
        .filter(entity -> entity.attachedPolicies().contains(arn))
        .count();
  }

  private void describe(Xml xml, Identities.ManagedPolicy policy) {
    xml.text("PolicyName", policy.name()).text("PolicyId", policy.id());
    xml.text("Arn", policy.arn()).text("Path", policy.path());
    xml.text("DefaultVersionId", "v1");
    xml.number("AttachmentCount", attachments(policy.arn())).flag("IsAttachable", true);
    xml.time("CreateDate", policy.created()).time("UpdateDate", policy.created());
  }
}
