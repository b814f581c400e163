package io.kodedeploy.namespace.run;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.spec.SpecNode;
import io.kodedeploy.namespace.manifest.ApplySection;
import io.kodedeploy.namespace.manifest.Protection;
import io.kodedeploy.namespace.run.Workload.Toleration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * {@code kodedeploy.run} of an AppSpec. Every refusal is an {@code appspec-invalid}, or an {@code
 * agent-protected}, with file, line and the key's path.
 *
 * @param entries in the order of the file
 */
record RunSection(List<RunEntry> entries) {
  private static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(10);
  private static final Duration LEAST_TIMEOUT = Duration.ofSeconds(1);

  /** CodeDeploy ends a lifecycle event after an hour. */
  private static final Duration MOST_TIMEOUT = Duration.ofMinutes(55);

  private static final Pattern IMAGE = Pattern.compile("[\\w][\\w.\\-/:@+]{0,1023}");
  private static final Pattern VARIABLE = Pattern.compile("[-._a-zA-Z][-._a-zA-Z0-9]*");
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");
  private static final Pattern QUANTITY =
      Pattern.compile("[0-9]+(\\.[0-9]+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][0-9]+)?");

  RunSection {
    entries = List.copyOf(entries);
  }

  /**
   * Reads the section.
   *
   * @param section the whole {@code kodedeploy} section
   * @param accounts names that {@code serviceAccountName} may have
   * @param protection names that nothing may have; {@code agent-protected} is their code
   */
  static RunSection of(SpecNode section, Set<String> accounts, Protection protection) {
    var entries = new ArrayList<RunEntry>();
    var run = section.asMapping("apply", "run", "traffic").optional("run");
    for (var node : run.map(SpecNode::asList).orElse(List.of())) {
      entries.add(entry(node, accounts, protection));
    }
    return new RunSection(entries);
  }

  /** What runs in an event. */
  List<RunEntry> in(String event) {
    return entries.stream().filter(entry -> entry.event().equals(event)).toList();
  }

  private static RunEntry entry(SpecNode node, Set<String> accounts, Protection protection) {
    var keys =
        node.asMapping(
            "event",
            "image",
            "command",
            "args",
            "timeout",
            "workingDir",
            "env",
            "envFrom",
            "runAsUser",
            "serviceAccountName",
            "imagePullSecrets",
            "resources",
            "nodeSelector",
            "tolerations");
    var workload =
        new Workload(
            matching(keys.required("image"), IMAGE, "the reference of an image"),
            keys.optional("command").map(RunSection::command).orElse(List.of()),
            keys.optional("args").map(RunSection::words).orElse(List.of()),
            keys.optional("workingDir").map(RunSection::folder),
            keys.optional("env").map(RunSection::environment).orElse(Map.of()),
            keys.optional("envFrom").map(names -> secrets(names, protection)).orElse(List.of()),
            keys.optional("runAsUser").map(user -> user.asInteger(1, Integer.MAX_VALUE)),
            keys.optional("serviceAccountName").map(name -> account(name, accounts, protection)),
            keys.optional("imagePullSecrets")
                .map(names -> pullSecrets(names, protection))
                .orElse(List.of()),
            keys.optional("resources").map(RunSection::resources).orElse(Map.of()),
            keys.optional("nodeSelector").map(RunSection::literals).orElse(Map.of()),
            keys.optional("tolerations").map(RunSection::tolerations).orElse(List.of()));
    return new RunEntry(
        event(keys.required("event")),
        workload,
        keys.optional("timeout").map(RunSection::timeout).orElse(DEFAULT_TIMEOUT),
        node.position());
  }

  private static String event(SpecNode node) {
    if (!ApplySection.EVENTS.contains(node.asText())) {
      throw node.error(
          "expected one of "
              + String.join(", ", ApplySection.EVENTS)
              + ", found \""
              + node.asText()
              + "\"");
    }
    return node.asText();
  }

  /** A text is for a shell, a list is executed as it is. */
  private static List<String> command(SpecNode node) {
    return node.isList() ? words(node) : List.of("sh", "-c", node.asText());
  }

  private static List<String> words(SpecNode node) {
    var words = node.asList().stream().map(SpecNode::literal).toList();
    if (words.isEmpty()) {
      throw node.error("must not be empty");
    }
    return words;
  }

  private static Duration timeout(SpecNode node) {
    var timeout = node.asDuration();
    if (timeout.compareTo(LEAST_TIMEOUT) < 0 || timeout.compareTo(MOST_TIMEOUT) > 0) {
      throw node.error("expected a timeout from 1s to 55m");
    }
    return timeout;
  }

  private static String folder(SpecNode node) {
    var text = node.asText();
    if (!text.startsWith("/") && List.of(text.split("/")).contains("..")) {
      throw node.error("\"" + text + "\" leads outside of the bundle");
    }
    return text;
  }

  private static Map<String, String> environment(SpecNode node) {
    var variables = new LinkedHashMap<String, String>();
    node.asEntries()
        .forEach(
            (name, value) -> {
              if (!VARIABLE.matcher(name).matches()) {
                throw value.error("is no name of an environment variable");
              }
              variables.put(name, value.literal());
            });
    return variables;
  }

  /** A name, or {@code secretRef: {name: ...}} as a container has it. */
  private static List<String> secrets(SpecNode node, Protection protection) {
    return node.asList().stream()
        .map(
            element ->
                element.isMapping()
                    ? element
                        .asMapping("secretRef")
                        .required("secretRef")
                        .asMapping("name")
                        .required("name")
                    : element)
        .map(name -> secret(name, protection))
        .toList();
  }

  /** A name, or {@code name: ...} as a pod has it. */
  private static List<String> pullSecrets(SpecNode node, Protection protection) {
    return node.asList().stream()
        .map(element -> element.isMapping() ? element.asMapping("name").required("name") : element)
        .map(name -> secret(name, protection))
        .toList();
  }

  private static String secret(SpecNode node, Protection protection) {
    var name = matching(node, NAME, "the name of a Kubernetes object");
    protection.secret(name).ifPresent(reason -> refuse(node, reason));
    return name;
  }

  private static void refuse(SpecNode node, String reason) {
    throw new AgentException(ErrorCode.AGENT_PROTECTED, node.position() + ": " + reason);
  }

  private static String account(SpecNode node, Set<String> accounts, Protection protection) {
    protection.account(node.asText()).ifPresent(reason -> refuse(node, reason));
    if (!accounts.contains(node.asText())) {
      throw node.error(
          "the account \""
              + node.asText()
              + "\" may not be used, allowed by run.service-accounts of the agent: "
              + (accounts.isEmpty() ? "none" : String.join(", ", accounts)));
    }
    return node.asText();
  }

  private static Map<String, Map<String, String>> resources(SpecNode node) {
    var keys = node.asMapping("requests", "limits");
    var resources = new TreeMap<String, Map<String, String>>();
    for (var key : List.of("requests", "limits")) {
      keys.optional(key)
          .ifPresent(
              value -> {
                var quantities = new TreeMap<String, String>();
                value
                    .asEntries()
                    .forEach(
                        (name, quantity) ->
                            quantities.put(
                                name, matching(quantity, QUANTITY, "a quantity such as 64Mi")));
                resources.put(key, quantities);
              });
    }
    return resources;
  }

  private static Map<String, String> literals(SpecNode node) {
    var texts = new TreeMap<String, String>();
    node.asEntries().forEach((key, value) -> texts.put(key, value.literal()));
    return texts;
  }

  private static List<Toleration> tolerations(SpecNode node) {
    return node.asList().stream()
        .map(
            element -> element.asMapping("key", "operator", "value", "effect", "tolerationSeconds"))
        .map(
            keys ->
                new Toleration(
                    keys.optional("key").map(SpecNode::asText),
                    keys.optional("operator").map(value -> oneOf(value, "Exists", "Equal")),
                    keys.optional("value").map(SpecNode::literal),
                    keys.optional("effect")
                        .map(value -> oneOf(value, "NoSchedule", "PreferNoSchedule", "NoExecute")),
                    keys.optional("tolerationSeconds")
                        .map(value -> value.asInteger(0, Integer.MAX_VALUE))))
        .toList();
  }

  private static String oneOf(SpecNode node, String... words) {
    if (!List.of(words).contains(node.asText())) {
      throw node.error(
          "expected one of " + String.join(", ", words) + ", found \"" + node.asText() + "\"");
    }
    return node.asText();
  }

  private static String matching(SpecNode node, Pattern pattern, String what) {
    if (!pattern.matcher(node.literal()).matches()) {
      throw node.error("expected " + what + ", found \"" + node.literal() + "\"");
    }
    return node.literal();
  }
}
