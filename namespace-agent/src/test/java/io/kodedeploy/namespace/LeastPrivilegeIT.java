package io.kodedeploy.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.namespace.cluster.AgentRights;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Every right of the chart's Roles is needed: each is taken away from the installed Role, and what
 * needs it fails and names it.
 */
@ExtendWith(RealKubernetes.Extension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LeastPrivilegeIT {
  private static final String AGENT = "kodedeploy-agent";
  private static final String APPLY = "kodedeploy-apply";

  /** What hook scripts and Jobs do with kubectl and helm, for each verb. */
  private static final Map<String, String> TOOLS =
      new TreeMap<>(
          Map.of(
              "create", "create configmap made --dry-run=server",
              "get", "get configmap kept",
              "list", "get configmaps",
              "patch", "patch configmap kept --dry-run=server -p {\"data\":{\"a\":\"c\"}}",
              "update", "replace --dry-run=server -f KEPT",
              "watch", "get configmaps --watch-only --request-timeout=1s",
              "delete", "delete configmap kept --dry-run=server"));

  private Path folder;
  private RealKubernetes kubernetes;
  private InstalledChart chart;
  private String namespace;
  private final Map<String, ObjectNode> roles = new TreeMap<>();

  @BeforeAll
  void install(RealKubernetes shared, @TempDir Path own) throws Exception {
    kubernetes = shared;
    folder = own;
    namespace = shared.newNamespace();
    chart = new InstalledChart(shared, folder, namespace).install();
    for (var name : List.of(AGENT, APPLY)) {
      var role = JsonMapper.shared().readTree(chart.kubectl("get", "role", name, "-ojson"));
      ((ObjectNode) role.path("metadata")).remove("resourceVersion");
      roles.put(name, (ObjectNode) role);
    }
    chart.kubectl("create", "configmap", "kept", "--from-literal=a=b");
    Files.writeString(kept(), chart.kubectl("get", "configmap", "kept", "-ojson"));
  }

  @AfterAll
  void uninstall() {
    chart.close();
  }

  private Path kept() {
    return folder.resolve("kept.json");
  }

  /** A verb of a rule. */
  record Right(int rule, String resource, String verb) {
    @Override
    public String toString() {
      return verb + " " + resource;
    }

    String denial() {
      return "cannot " + verb + " resource \"" + resource + "\"";
    }
  }

  private Stream<Right> rights(String role) {
    var rights = new ArrayList<Right>();
    var rules = roles.get(role).path("rules");
    for (var i = 0; i < rules.size(); i++) {
      for (var resource : rules.get(i).path("resources")) {
        for (var verb : rules.get(i).path("verbs")) {
          rights.add(new Right(i, resource.asString(), verb.asString()));
        }
      }
    }
    return rights.stream();
  }

  Stream<Right> agentRights() {
    return rights(AGENT);
  }

  Stream<String> verbs() {
    return TOOLS.keySet().stream();
  }

  Stream<Right> appliedKinds() {
    return rights(APPLY).filter(right -> right.verb().equals("patch"));
  }

  Stream<Right> onlyRead() {
    var applied = appliedKinds().map(Right::resource).toList();
    return rights(APPLY)
        .filter(right -> !applied.contains(right.resource()))
        .filter(right -> List.of("get", "list").contains(right.verb()));
  }

  private void replace(String name, UnaryOperator<ObjectNode> change) throws Exception {
    var file = Files.createTempFile(folder, "role", ".json");
    Files.writeString(file, change.apply(roles.get(name).deepCopy()).toString());
    chart.kubectl("replace", "-f", file.toString());
  }

  private static void strike(JsonNode texts, String text) {
    var array = (ArrayNode) texts;
    for (var i = array.size() - 1; i >= 0; i--) {
      if (array.get(i).asString().equals(text)) {
        array.set(i, JsonNodeFactory.instance.stringNode("nothing")); // a rule may not be empty
      }
    }
  }

  private interface Attempt {
    String run() throws Exception;
  }

  /** Takes the right away, sees the denial and gives it back. */
  private void deniedWithout(
      String role, UnaryOperator<ObjectNode> change, String denial, Attempt attempt)
      throws Exception {
    replace(role, change);
    try {
      Await.until(
          Duration.ofSeconds(15),
          () -> "not denied: " + denial,
          () -> attempt.run().contains(denial));
    } finally {
      replace(role, same -> same);
    }
  }

  /** Everything that the agent does with its own account. */
  private String agentAtWork() throws Exception {
    chart.kubectl("delete", "configmaps", "-l", "app.kubernetes.io/managed-by=kodedeploy");
    chart.kubectl("delete", "lease", AGENT, "--ignore-not-found");
    try (var agent = new AgentRights(kubernetes.kubeconfigOf(namespace, AGENT), namespace)) {
      return String.join("\n", agent.denials());
    }
  }

  @Test
  void itsRoleIsEnoughForTheAgent() throws Exception {
    Await.until(Duration.ofSeconds(15), () -> "denied", () -> agentAtWork().isEmpty());
  }

  @ParameterizedTest
  @MethodSource("agentRights")
  void theAgentNeedsEachOfItsRights(Right right) throws Exception {
    deniedWithout(
        AGENT,
        role -> {
          strike(role.path("rules").get(right.rule()).path("verbs"), right.verb());
          return role;
        },
        right.denial(),
        this::agentAtWork);
  }

  /** What kubectl prints or why it fails, as the account that applies. */
  private String applier(String... arguments) {
    var account = "--as=system:serviceaccount:" + namespace + ":" + APPLY;
    try {
      return chart.kubectl(
          Stream.concat(Stream.of(account), Arrays.stream(arguments)).toArray(String[]::new));
    } catch (IllegalStateException e) {
      return String.valueOf(e.getMessage());
    }
  }

  @ParameterizedTest
  @MethodSource("verbs")
  void theToolsOfAHookNeedEachVerb(String verb) throws Exception {
    var arguments = TOOLS.get(verb).replace("KEPT", kept().toString()).split(" ");
    deniedWithout(
        APPLY,
        role -> {
          role.path("rules").forEach(rule -> strike(rule.path("verbs"), verb));
          return role;
        },
        "cannot " + verb + " resource \"configmaps\"",
        () -> applier(arguments));
  }

  @ParameterizedTest
  @MethodSource("appliedKinds")
  void eachKindIsAppliedAndDeniedWithoutItsPlaceInTheRole(Right right) throws Exception {
    var file = folder.resolve(right.resource() + ".yaml");
    try (var manifest = getClass().getResourceAsStream("/kinds/" + right.resource() + ".yaml")) {
      assertThat(manifest).as("a manifest of " + right.resource()).isNotNull();
      Files.writeString(file, new String(manifest.readAllBytes(), StandardCharsets.UTF_8));
    }
    String[] apply = {"apply", "--server-side", "--dry-run=server", "-f", file.toString()};
    Await.until(
        Duration.ofSeconds(15),
        () -> applier(apply),
        () -> applier(apply).contains("serverside-applied"));

    deniedWithout(
        APPLY,
        role -> {
          strike(role.path("rules").get(right.rule()).path("resources"), right.resource());
          return role;
        },
        "resource \"" + right.resource() + "\"",
        () -> applier(apply));
  }

  @ParameterizedTest
  @MethodSource("onlyRead")
  void whatIsOnlyReadIsDeniedWithoutItsPlaceInTheRole(Right right) throws Exception {
    String[] read =
        right.resource().equals("pods/log")
            ? new String[] {"get", "--raw", "/api/v1/namespaces/" + namespace + "/pods/none/log"}
            : right.verb().equals("list")
                ? new String[] {"get", right.resource()}
                : new String[] {"get", right.resource(), "none"};

    deniedWithout(
        APPLY,
        role -> {
          strike(role.path("rules").get(right.rule()).path("verbs"), right.verb());
          return role;
        },
        right.denial(),
        () -> applier(read));
  }
}
