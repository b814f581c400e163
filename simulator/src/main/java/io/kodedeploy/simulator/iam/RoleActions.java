package io.kodedeploy.simulator.iam;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kodedeploy.simulator.wire.AwsError;
import io.kodedeploy.simulator.wire.Parameters;
import io.kodedeploy.simulator.wire.Xml;
import java.net.URLEncoder;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/** Roles and instance profiles. Called under the lock of {@link Identities}. */
final class RoleActions {
  private final Identities identities;

  RoleActions(Identities identities) {
    this.identities = identities;
  }

  Consumer<Xml> create(Parameters form, Instant now) {
    var name = Names.checked(form, "RoleName", 64);
    var path = Names.path(form);
    var trust = Names.document(form, "AssumeRolePolicyDocument");
    if (identities.roles().containsKey(name)) {
      throw AwsError.of(409, "EntityAlreadyExists", "Role with name " + name + " already exists.");
    }
    var role = add(name, path, trust, now, form.structures("Tags"));
    role.setDescription(form.get("Description").orElse(""));
    var seconds = form.get("MaxSessionDuration").orElse("3600");
    if (!seconds.matches("[0-9]{4,5}")
        || Integer.parseInt(seconds) < 3600
        || Integer.parseInt(seconds) > 43_200) {
      identities.roles().remove(name);
      throw AwsError.badRequest(
          "ValidationError", "MaxSessionDuration must be between 3600 and 43200");
    }
    role.setMaxSessionSeconds(Integer.parseInt(seconds));
    return xml -> xml.element("Role", entry -> describe(entry, role));
  }

  Entity add(String name, String path, String trust, Instant now, List<Parameters> tags) {
    var role =
        new Entity(
            name,
            path,
            identities.newId("AROA"),
            identities.account().arn("iam", "", "role" + path + name),
            now,
            tags);
    role.setTrustPolicy(trust);
    identities.roles().put(name, role);
    return role;
  }

  Consumer<Xml> get(Parameters form) {
    var role = identities.role(form.require("RoleName"));
    return xml -> xml.element("Role", entry -> describe(entry, role));
  }

  Consumer<Xml> list(Parameters form) {
    var prefix = form.get("PathPrefix").orElse("/");
    var found =
        identities.roles().values().stream().filter(r -> r.path().startsWith(prefix)).toList();
    return xml -> xml.members("Roles", found, RoleActions::describe).flag("IsTruncated", false);
  }

  Consumer<Xml> delete(Parameters form) {
    var role = identities.role(form.require("RoleName"));
    var used =
        identities.profiles().values().stream().anyMatch(p -> p.roles().contains(role.name()));
    if (used) {
      throw conflict("must remove roles from instance profile first");
    }
    if (!role.inlinePolicies().isEmpty()) {
      throw conflict("must delete policies first");
    }
    if (!role.attachedPolicies().isEmpty()) {
      throw conflict("must detach all policies first");
    }
    remove(role);
    return _ -> {};
  }

  /** The role and every session of it. */
  void remove(Entity role) {
    identities.roles().remove(role.name());
    identities.closeSessions(role);
  }

  Consumer<Xml> updateTrust(Parameters form) {
    identities
        .role(form.require("RoleName"))
        .setTrustPolicy(Names.document(form, "PolicyDocument"));
    return _ -> {};
  }

  Consumer<Xml> createProfile(Parameters form, Instant now) {
    var name = Names.checked(form, "InstanceProfileName", 128);
    if (identities.profiles().containsKey(name)) {
      throw AwsError.of(
          409, "EntityAlreadyExists", "Instance Profile " + name + " already exists.");
    }
    addProfile(name, Names.path(form), now, List.of());
    return getProfile(form);
  }

  void addProfile(String name, String path, Instant now, List<String> roles) {
    var arn = identities.account().arn("iam", "", "instance-profile" + path + name);
    identities
        .profiles()
        .put(
            name,
            new Identities.InstanceProfile(
                name, path, identities.newId("AIPA"), arn, now, List.copyOf(roles)));
  }

  Consumer<Xml> getProfile(Parameters form) {
    var profile = profile(form);
    return xml -> xml.element("InstanceProfile", entry -> describe(entry, profile));
  }

  Consumer<Xml> deleteProfile(Parameters form) {
    var profile = profile(form);
    if (!profile.roles().isEmpty()) {
      throw conflict("must remove roles from instance profile first");
    }
    identities.profiles().remove(profile.name());
    return _ -> {};
  }

  Consumer<Xml> addToProfile(Parameters form) {
    var profile = profile(form);
    var role = identities.role(form.require("RoleName"));
    if (!profile.roles().isEmpty()) {
      throw AwsError.of(
          409, "LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1");
    }
    addProfile(profile.name(), profile.path(), profile.created(), List.of(role.name()));
    return _ -> {};
  }

  Consumer<Xml> removeFromProfile(Parameters form) {
    var profile = profile(form);
    var role = identities.role(form.require("RoleName"));
    var left = profile.roles().stream().filter(name -> !name.equals(role.name())).toList();
    addProfile(profile.name(), profile.path(), profile.created(), left);
    return _ -> {};
  }

  Consumer<Xml> profilesOf(Parameters form) {
    var role = identities.role(form.require("RoleName"));
    var found =
        identities.profiles().values().stream()
            .filter(profile -> profile.roles().contains(role.name()))
            .toList();
    return xml -> xml.members("InstanceProfiles", found, this::describe).flag("IsTruncated", false);
  }

  private Identities.InstanceProfile profile(Parameters form) {
    return Identities.existing(
        identities.profiles(), form.require("InstanceProfileName"), "instance profile");
  }

  private static AwsError conflict(String what) {
    return AwsError.of(409, "DeleteConflict", "Cannot delete entity, " + what + ".");
  }

  private void describe(Xml xml, Identities.InstanceProfile profile) {
    xml.text("Path", profile.path()).text("InstanceProfileName", profile.name());
    xml.text("InstanceProfileId", profile.id()).text("Arn", profile.arn());
    xml.time("CreateDate", profile.created());
    xml.members(
        "Roles", profile.roles().stream().map(identities::role).toList(), RoleActions::describe);
  }

  private static void describe(Xml xml, Entity role) {
    xml.text("Path", role.path()).text("RoleName", role.name()).text("RoleId", role.id());
    xml.text("Arn", role.arn()).time("CreateDate", role.created());
    xml.text("AssumeRolePolicyDocument", URLEncoder.encode(role.trustPolicy(), UTF_8));
    xml.text("Description", role.description());
    xml.number("MaxSessionDuration", role.maxSessionSeconds());
    Names.tags(xml, role);
  }
}
