package io.kodedeploy.simulator.iam;

import io.kodedeploy.simulator.wire.AwsError;
import io.kodedeploy.simulator.wire.Caller;
import io.kodedeploy.simulator.wire.Parameters;
import io.kodedeploy.simulator.wire.Xml;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/** Users and their keys. Called under the lock of {@link Identities}. */
final class UserActions {
  private static final int MOST_KEYS = 2;

  private final Identities identities;

  UserActions(Identities identities) {
    this.identities = identities;
  }

  Consumer<Xml> create(Parameters form, Instant now) {
    var name = Names.checked(form, "UserName", 64);
    var path = Names.path(form);
    if (identities.users().containsKey(name)) {
      throw AwsError.of(409, "EntityAlreadyExists", "User with name " + name + " already exists.");
    }
    var user =
        new Entity(
            name,
            path,
            identities.newId("AIDA"),
            identities.account().arn("iam", "", "user" + path + name),
            now,
            form.structures("Tags"));
    identities.users().put(name, user);
    return xml -> xml.element("User", entry -> describe(entry, user));
  }

  Consumer<Xml> get(Parameters form, Caller caller) {
    var user = identities.user(form.get("UserName").orElseGet(caller::name));
    return xml -> xml.element("User", entry -> describe(entry, user));
  }

  Consumer<Xml> list(Parameters form) {
    var prefix = form.get("PathPrefix").orElse("/");
    var found =
        identities.users().values().stream().filter(u -> u.path().startsWith(prefix)).toList();
    return xml -> xml.members("Users", found, UserActions::describe).flag("IsTruncated", false);
  }

  Consumer<Xml> delete(Parameters form) {
    var user = identities.user(form.require("UserName"));
    if (!keysOf(user.name()).isEmpty()) {
      throw conflict("must delete access keys first");
    }
    if (!user.inlinePolicies().isEmpty()) {
      throw conflict("must delete policies first");
    }
    if (!user.attachedPolicies().isEmpty()) {
      throw conflict("must detach all policies first");
    }
    identities.users().remove(user.name());
    return _ -> {};
  }

  Consumer<Xml> groups(Parameters form) {
    identities.user(form.require("UserName"));
    return xml -> xml.members("Groups", List.of(), (_, _) -> {}).flag("IsTruncated", false);
  }

  Consumer<Xml> createKey(Parameters form, Caller caller, Instant now) {
    var user = identities.user(form.get("UserName").orElseGet(caller::name));
    if (keysOf(user.name()).size() >= MOST_KEYS) {
      throw AwsError.of(
          409, "LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: " + MOST_KEYS);
    }
    var key =
        new Identities.AccessKey(
            identities.newId("AKIA"), identities.secret(30), user.name(), true, now);
    identities.keys().put(key.id(), key);
    return xml ->
        xml.element(
            "AccessKey",
            entry -> {
              entry.text("UserName", user.name()).text("AccessKeyId", key.id());
              entry.text("Status", "Active").text("SecretAccessKey", key.secret());
              entry.time("CreateDate", now);
            });
  }

  Consumer<Xml> listKeys(Parameters form, Caller caller) {
    var user = identities.user(form.get("UserName").orElseGet(caller::name));
    return xml ->
        xml.members(
                "AccessKeyMetadata",
                keysOf(user.name()),
                (entry, key) ->
                    entry
                        .text("UserName", key.user())
                        .text("AccessKeyId", key.id())
                        .text("Status", key.active() ? "Active" : "Inactive")
                        .time("CreateDate", key.created()))
            .flag("IsTruncated", false);
  }

  Consumer<Xml> updateKey(Parameters form) {
    var key = key(form);
    var status = form.require("Status");
    if (!status.equals("Active") && !status.equals("Inactive")) {
      throw AwsError.badRequest("ValidationError", "Status must be Active or Inactive");
    }
    var changed =
        new Identities.AccessKey(
            key.id(), key.secret(), key.user(), status.equals("Active"), key.created());
    identities.keys().put(key.id(), changed);
    return _ -> {};
  }

  Consumer<Xml> deleteKey(Parameters form) {
    identities.keys().remove(key(form).id());
    return _ -> {};
  }

  private Identities.AccessKey key(Parameters form) {
    var id = form.require("AccessKeyId");
    var key = identities.keys().get(id);
    var owner = form.get("UserName");
    if (key == null || owner.filter(name -> !name.equals(key.user())).isPresent()) {
      throw AwsError.of(404, "NoSuchEntity", "The Access Key with id " + id + " cannot be found.");
    }
    return key;
  }

  private List<Identities.AccessKey> keysOf(String user) {
    return identities.keys().values().stream().filter(key -> key.user().equals(user)).toList();
  }

  private static AwsError conflict(String what) {
    return AwsError.of(409, "DeleteConflict", "Cannot delete entity, " + what + ".");
  }

  private static void describe(Xml xml, Entity user) {
    xml.text("Path", user.path()).text("UserName", user.name()).text("UserId", user.id());
    xml.text("Arn", user.arn()).time("CreateDate", user.created());
    Names.tags(xml, user);
  }
}
