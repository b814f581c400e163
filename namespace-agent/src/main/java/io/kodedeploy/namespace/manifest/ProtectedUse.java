package io.kodedeploy.namespace.manifest;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Finds the objects of a bundle that are one of the agent's own, or that would give a pod its
 * account or its identity's files. References are known by the names of their keys, at any depth of
 * any kind, custom kinds included. Text within text, such as a manifest in a ConfigMap, is not
 * looked into; the chart's admission policy sees the pods that come of it.
 */
public final class ProtectedUse {
  private final Protection protection;
  private final String where;
  private final List<String> problems;

  private ProtectedUse(Protection protection, String where, List<String> problems) {
    this.protection = protection;
    this.where = where;
    this.problems = problems;
  }

  /** What a key or an object refers to. */
  private enum Kind {
    ACCOUNT("ServiceAccount"),
    SECRET("Secret"),
    CONFIG_MAP("ConfigMap"),
    OTHER("");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    /** By a key such as {@code serviceAccountName}, {@code secretKeyRef}, {@code configMap}. */
    static Kind ofKey(String key) {
      var lower = key.toLowerCase(Locale.ROOT);
      for (var kind : values()) {
        if (lower.contains(kind.word.toLowerCase(Locale.ROOT))) {
          return kind;
        }
      }
      return OTHER;
    }

    static Kind ofWord(String word) {
      for (var kind : values()) {
        if (kind.word.equals(word)) {
          return kind;
        }
      }
      return OTHER;
    }
  }

  /**
   * Looks at every object.
   *
   * @throws AgentException {@code agent-protected} with file, line and field of everything found
   */
  public static void refuse(Protection protection, Collection<ManifestObject> objects) {
    var problems = new ArrayList<String>();
    for (var object : objects) {
      var where = object.position() + ": " + object.key() + ": ";
      var look = new ProtectedUse(protection, where, problems);
      var key = object.key();
      var kind = key.group().isEmpty() ? Kind.ofWord(key.kind()) : Kind.OTHER;
      if (isOwn(key, kind, protection)) {
        problems.add(where + "this name belongs to an object of the agent; use another name");
      }
      if (kind == Kind.SECRET) {
        look.token(object.json());
      }
      if (kind == Kind.OTHER || kind == Kind.ACCOUNT) { // the others hold free text
        look.object(object.json(), "");
      }
    }
    ManifestReader.throwIfAny(ErrorCode.AGENT_PROTECTED, problems);
  }

  private static boolean isOwn(ObjectKey key, Kind kind, Protection protection) {
    return OwnObjects.isOwn(key)
        || protection.accounts().contains(key.name())
        || (kind == Kind.SECRET && protection.secrets().contains(key.name()))
        || (kind == Kind.CONFIG_MAP && protection.configMaps().contains(key.name()));
  }

  /** A Secret of this type is filled by the cluster with a token of the account it names. */
  private void token(JsonNode secret) {
    if (secret.path("type").asString("").equals("kubernetes.io/service-account-token")) {
      var key = "kubernetes.io/service-account.name";
      var account = secret.path("metadata").path("annotations").path(key);
      reference(Kind.ACCOUNT, account, "metadata.annotations." + key);
    }
  }

  private void object(ObjectNode node, String path) {
    reference(Kind.ofWord(node.path("kind").asString("")), node.path("name"), path + "name");
    for (var entry : node.properties()) {
      value(Kind.ofKey(entry.getKey()), entry.getValue(), path + entry.getKey());
    }
  }

  private void value(Kind kind, JsonNode node, String path) {
    if (node instanceof ObjectNode object) {
      if (Kind.ofWord(object.path("kind").asString("")) == Kind.OTHER) {
        reference(kind, object.path("name"), path + ".name");
      }
      object(object, path + ".");
    } else if (node.isArray()) {
      for (var index = 0; index < node.size(); index++) {
        value(kind, node.get(index), path + "[" + index + "]");
      }
    } else {
      reference(kind, node, path);
    }
  }

  private void reference(Kind kind, JsonNode name, String path) {
    if (name.isString()) {
      var text = name.asString();
      var problem =
          switch (kind) {
            case ACCOUNT -> protection.account(text);
            case SECRET -> protection.secret(text);
            case CONFIG_MAP -> protection.configMap(text);
            case OTHER -> Optional.<String>empty();
          };
      problem.ifPresent(reason -> problems.add(where + path + ": " + reason));
    }
  }
}
