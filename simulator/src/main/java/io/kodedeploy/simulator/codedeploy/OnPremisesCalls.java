package io.kodedeploy.simulator.codedeploy;

import io.kodedeploy.simulator.wire.Account;
import io.kodedeploy.simulator.wire.Json;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/** The operations on on-premises instances (1.6). Called under the lock of {@link State}. */
final class OnPremisesCalls {
  private static final Pattern USER =
      Pattern.compile("arn:aws[a-z-]*:iam::[0-9]{12}:user/[A-Za-z0-9/+=,.@_-]+");
  private static final Pattern SESSION =
      Pattern.compile("arn:aws[a-z-]*:sts::[0-9]{12}:assumed-role/[\\w+=,.@-]+/[\\w+=,.@-]+");

  private final State state;
  private final Account account;
  private final SecureRandom random = new SecureRandom();

  OnPremisesCalls(State state, Account account) {
    this.state = state;
    this.account = account;
  }

  void register(Input input, String region) {
    var name = Names.instance(input.text("instanceName"));
    var identity = identity(input);
    var known = state.instances.get(name);
    if (known != null && known.isRegistered()) {
      throw Refusal.of(
          "InstanceNameAlreadyRegistered", "The instance name is already registered: " + name);
    }
    for (var other : state.instances.values()) {
      if (other.isRegistered() && other.identityArn.equals(identity)) {
        var code = identity.contains(":sts::") ? "IamSessionArn" : "IamUserArn";
        throw Refusal.of(
            code + "AlreadyRegistered", "The ARN is already registered by " + other.name);
      }
    }
    var arn = account.arn("codedeploy", region, "instance/" + name + "_" + suffix());
    state.instances.put(name, new OnPremisesInstance(name, arn, identity, state.clock.now()));
  }

  private static String identity(Input input) {
    var user = input.text("iamUserArn").filter(a -> !a.isEmpty());
    var session = input.text("iamSessionArn").filter(a -> !a.isEmpty());
    if (user.isPresent() && session.isPresent()) {
      throw Refusal.of("MultipleIamArnsProvided", "Both a user ARN and a session ARN were given");
    }
    if (user.isEmpty() && session.isEmpty()) {
      throw Refusal.of("IamArnRequired", "An IAM user ARN or session ARN is required");
    }
    if (user.filter(a -> !USER.matcher(a).matches()).isPresent()) {
      throw Refusal.of("InvalidIamUserArn", "Not the ARN of an IAM user: " + user.get());
    }
    if (session.filter(a -> !SESSION.matcher(a).matches()).isPresent()) {
      throw Refusal.of(
          "InvalidIamSessionArn", "Not the ARN of an assumed-role session: " + session.get());
    }
    return user.or(() -> session).orElseThrow();
  }

  private String suffix() {
    var letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    var out = new StringBuilder();
    for (int i = 0; i < 10; i++) {
      out.append(letters.charAt(random.nextInt(letters.length())));
    }
    return out.toString();
  }

  void deregister(Input input) {
    var instance = state.instances.get(Names.instance(input.text("instanceName")));
    if (instance != null && instance.isRegistered()) {
      instance.deregisterTime = state.clock.now();
      instance.tags.clear();
    }
  }

  ObjectNode get(Input input) {
    var instance = require(Names.instance(input.text("instanceName")));
    return Json.object().set("instanceInfo", instance.json());
  }

  ObjectNode batchGet(Input input) {
    var names = names(input);
    Batch.check(names.size());
    var answer = Json.object();
    var list = answer.putArray("instanceInfos");
    names.stream()
        .map(n -> Optional.ofNullable(state.instances.get(n)))
        .forEach(i -> i.ifPresent(found -> list.add(found.json())));
    return answer;
  }

  ObjectNode list(Input input) {
    var status = input.text("registrationStatus");
    if (status.filter(s -> !s.equals("Registered") && !s.equals("Deregistered")).isPresent()) {
      throw Refusal.of(
          "InvalidRegistrationStatus", "registrationStatus must be Registered or Deregistered");
    }
    var filters =
        input.objects("tagFilters").orElse(List.of()).stream()
            .map(f -> TagFilter.parse(f, "InvalidTagFilter", true))
            .toList();
    var names = new ArrayList<String>();
    for (var instance : state.instances.values()) {
      var wanted = status.map(s -> s.equals("Registered") == instance.isRegistered()).orElse(true);
      if (wanted && filters.stream().allMatch(f -> f.matches(instance.tags))) {
        names.add(instance.name);
      }
    }
    return Page.of("ListOnPremisesInstances", "instanceNames", names, input);
  }

  void addTags(Input input) {
    var tags = tags(input);
    var instances = registered(names(input));
    for (var instance : instances) {
      var after = new TreeMap<>(instance.tags);
      after.putAll(tags);
      if (after.size() > 10) {
        throw Refusal.of(
            "TagLimitExceeded", "The instance " + instance.name + " would have more than 10 tags");
      }
    }
    instances.forEach(i -> i.tags.putAll(tags));
  }

  /** Takes away what matches in key and value. */
  void removeTags(Input input) {
    var tags = tags(input);
    registered(names(input)).forEach(i -> tags.forEach(i.tags::remove));
  }

  private static List<String> names(Input input) {
    var names = input.texts("instanceNames").orElse(List.of());
    if (names.isEmpty()) {
      throw Refusal.of("InstanceNameRequired", "Instance names are missing");
    }
    return names;
  }

  private List<OnPremisesInstance> registered(List<String> names) {
    if (names.size() > 100) {
      throw Refusal.of("InstanceLimitExceeded", "More than 100 instances");
    }
    return names.stream()
        .map(this::require)
        .peek(
            i -> {
              if (!i.isRegistered()) {
                throw notRegistered(i.name);
              }
            })
        .toList();
  }

  private static Map<String, String> tags(Input input) {
    var list = input.objects("tags").orElse(List.of());
    if (list.isEmpty()) {
      throw Refusal.of("TagRequired", "Tags are missing");
    }
    var tags = new TreeMap<String, String>();
    for (var tag : list) {
      var key = tag.text("Key").orElse("");
      var value = tag.text("Value").orElse("");
      if (key.isEmpty() || key.length() > 128 || value.length() > 256) {
        throw Refusal.of("InvalidTag", "The tag is not valid: " + key);
      }
      tags.put(key, value);
    }
    return tags;
  }

  private OnPremisesInstance require(String name) {
    var found = state.instances.get(name);
    if (found == null) {
      throw notRegistered(name);
    }
    return found;
  }

  private static RuntimeException notRegistered(String name) {
    return Refusal.of("InstanceNotRegistered", "The instance is not registered: " + name);
  }
}
